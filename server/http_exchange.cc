#include "server/http_exchange.h"

#include <string_view>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "boost/asio/write.hpp"
#include "boost/beast/http/chunk_encode.hpp"
#include "boost/beast/http/empty_body.hpp"
#include "boost/beast/http/message.hpp"
#include "boost/beast/http/serializer.hpp"
#include "boost/beast/http/string_body.hpp"
#include "boost/beast/http/write.hpp"

namespace hwledger {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Longer than any pause of a program that still reads.
constexpr absl::Duration kWriteTime = absl::Minutes(1);

std::string HttpDate() {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(),
                          absl::UTCTimeZone());
}

template <typename Body>
void FillHead(const HttpResponse& from, const HttpHeaders& more, bool is_last,
              http::response<Body>& to) {
  to.version(11);
  to.result(static_cast<unsigned>(from.status));
  to.set(http::field::date, HttpDate());
  if (!from.content_type.empty()) {
    to.set(http::field::content_type, from.content_type);
  }
  to.set("X-Content-Type-Options", "nosniff");
  for (const HttpHeaders* headers : {&from.headers, &more}) {
    for (const auto& [name, value] : *headers) to.set(name, value);
  }
  to.keep_alive(!is_last);
}

}  // namespace

// Sees the end of what the client sends. What it sends meanwhile is its next
// request, behind which its end cannot be seen: then writing to it fails.
struct HttpExchange::Watch : std::enable_shared_from_this<Watch> {
  explicit Watch(std::function<void()> function) : act(std::move(function)) {}

  void Start(HttpSocket& socket) {
    socket.async_wait(
        HttpSocket::wait_read,
        [self = shared_from_this(), &socket](boost::system::error_code error) {
          if (self->act == nullptr) return;
          if (!error && socket.available(error) > 0) return;
          self->act();
        });
  }

  // Null once the exchange has ended, and with it perhaps the socket.
  std::function<void()> act;
};

HttpExchange::HttpExchange(HttpSocket& socket, HttpRequest request,
                           HttpHeaders headers, bool is_http_1_0, bool is_last)
    : socket_(socket),
      request_(std::move(request)),
      headers_(std::move(headers)),
      is_http_1_0_(is_http_1_0),
      is_last_(is_last) {}

HttpExchange::~HttpExchange() {
  if (watch_ == nullptr) return;
  watch_->act = nullptr;
  boost::system::error_code ignored;
  std::ignore = socket_.cancel(ignored);
}

void HttpExchange::OnDisconnect(std::function<void()> act) {
  watch_ = std::make_shared<Watch>(std::move(act));
  watch_->Start(socket_);
}

asio::awaitable<void> HttpExchange::Send(HttpResponse response) {
  http::response<http::string_body> message;
  FillHead(response, headers_, is_last_, message);
  if (request_.method == "HEAD") {
    message.content_length(response.body.size());
  } else if (response.status != 204) {
    message.body() = std::move(response.body);
    message.prepare_payload();
  }
  const auto [error, size] =
      co_await http::async_write(socket_, message, Within(kWriteTime));
  is_answered_ = !error;
}

asio::awaitable<bool> HttpExchange::Begin(HttpResponse head) {
  // Without pieces in the protocol the end of the connection ends the answer.
  if (is_http_1_0_) is_last_ = true;
  http::response<http::empty_body> message;
  FillHead(head, headers_, is_last_, message);
  if (!is_http_1_0_) message.chunked(true);
  http::response_serializer<http::empty_body> serializer(message);
  const auto [error, size] = co_await http::async_write_header(
      socket_, serializer, Within(kWriteTime));
  co_return !error;
}

asio::awaitable<bool> HttpExchange::Write(std::string piece) {
  boost::system::error_code error;
  if (is_http_1_0_) {
    std::tie(error, std::ignore) = co_await asio::async_write(
        socket_, asio::buffer(piece), Within(kWriteTime));
  } else {
    std::tie(error, std::ignore) = co_await asio::async_write(
        socket_, http::make_chunk(asio::buffer(piece)), Within(kWriteTime));
  }
  co_return !error;
}

asio::awaitable<void> HttpExchange::End() {
  if (is_http_1_0_) co_return;
  const auto [error, size] = co_await asio::async_write(
      socket_, http::make_chunk_last(), Within(kWriteTime));
  is_answered_ = !error;
}

}  // namespace hwledger
