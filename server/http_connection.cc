#include "server/http_connection.h"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/error.hpp"
#include "boost/asio/write.hpp"
#include "boost/beast/http/error.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/read.hpp"
#include "boost/beast/http/string_body.hpp"

namespace hwledger {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// What is taken of a client that is refused in the middle of its sending, so
// that it reads why before its connection breaks.
constexpr absl::Duration kLingerTime = absl::Seconds(2);

constexpr size_t kReadBytes = 4096;

HttpRequest RequestOf(const http::request<http::string_body>& message) {
  const std::string_view target = message.target();
  const size_t query = target.find('?');
  HttpRequest request = {
      .method = std::string(message.method_string()),
      .path = std::string(target.substr(0, query)),
      .query =
          std::string(query == target.npos ? "" : target.substr(query + 1))};
  for (const auto& field : message) {
    request.headers.emplace_back(field.name_string(), field.value());
  }
  return request;
}

HttpResponse ResponseTo(boost::system::error_code error) {
  const auto refuse = [](int status, const std::string& message) {
    return ErrorResponse(status, {grpc::StatusCode::INVALID_ARGUMENT, message});
  };
  if (error == asio::error::operation_aborted) {
    return refuse(408, "the request took too long to arrive");
  }
  if (error == http::error::body_limit) {
    return refuse(413, absl::StrCat("the body must be at most ",
                                    kHttpBodyBytesMax, " bytes"));
  }
  if (error == http::error::header_limit ||
      error == http::error::buffer_overflow) {
    return refuse(431, absl::StrCat("the head must be at most ",
                                    kHttpHeadBytesMax, " bytes"));
  }
  return refuse(400, absl::StrCat("not HTTP/1.1: ", error.message()));
}

// Whether a client that sent what led to it may still read an answer.
bool IsAnswerable(boost::system::error_code error) {
  return error == asio::error::operation_aborted ||
         (error.category() ==
              make_error_code(http::error::bad_method).category() &&
          error != http::error::end_of_stream &&
          error != http::error::partial_message);
}

}  // namespace

struct HttpConnection::Head {
  http::request_parser<http::string_body> parser;
};

HttpConnection::HttpConnection(HttpSocket socket, const HttpAccess& access,
                               const HttpLimits& limits, const HttpRoute& route)
    : socket_(std::move(socket)),
      access_(access),
      limits_(limits),
      route_(route) {}

void HttpConnection::Stop() {
  is_stopping_ = true;
  if (is_idle_) Close();
}

void HttpConnection::Close() {
  is_stopping_ = true;
  boost::system::error_code ignored;
  std::ignore = socket_.close(ignored);
}

asio::awaitable<void> HttpConnection::Run() {
  while (co_await ServeNext()) {
  }
  co_await Linger();
}

asio::awaitable<bool> HttpConnection::ServeNext() {
  if (is_stopping_ || !co_await AwaitRequest()) co_return false;

  Head head;
  head.parser.header_limit(static_cast<uint32_t>(kHttpHeadBytesMax));
  head.parser.body_limit(kHttpBodyBytesMax);
  const auto [error, size] = co_await http::async_read_header(
      socket_, buffer_, head.parser, Within(limits_.head_time));
  if (error) {
    co_await Refuse(error);
    co_return false;
  }
  co_return co_await Answer(head, RequestOf(head.parser.get()));
}

asio::awaitable<bool> HttpConnection::AwaitRequest() {
  if (buffer_.size() > 0) co_return true;
  is_idle_ = true;
  const auto [error, size] = co_await socket_.async_read_some(
      buffer_.prepare(kReadBytes), Within(limits_.idle_time));
  is_idle_ = false;
  buffer_.commit(size);
  co_return !error && !is_stopping_;
}

// By the head first, so that what is refused need not be sent.
asio::awaitable<bool> HttpConnection::Answer(Head& head, HttpRequest request) {
  auto& parser = head.parser;
  const bool is_http_1_0 = parser.get().version() < 11;
  const bool is_last = is_stopping_ || !parser.keep_alive();
  std::optional<HttpResponse> refusal = RefusalOf(access_, request);
  if (!refusal && !parser.is_done()) {
    if (absl::EqualsIgnoreCase(HeaderOf(request, "expect"), "100-continue")) {
      co_await asio::async_write(
          socket_,
          asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n"
                                        "\r\n")),
          Within(limits_.head_time));
    }
    const auto [error, size] = co_await http::async_read(
        socket_, buffer_, parser, Within(limits_.body_time));
    if (error) {
      co_await Refuse(error);
      co_return false;
    }
    request.body = std::move(parser.get().body());
  }
  HttpHeaders cors = CorsHeaders(access_, request);
  HttpExchange exchange(socket_, std::move(request), std::move(cors),
                        is_http_1_0, is_last || !parser.is_done());
  if (refusal) {
    co_await exchange.Send(*std::move(refusal));
  } else if (exchange.request().method == "OPTIONS") {
    co_await exchange.Send(PreflightResponse(exchange.request()));
  } else {
    co_await route_(exchange);
  }
  co_return exchange.keeps_connection();
}

asio::awaitable<void> HttpConnection::Refuse(boost::system::error_code error) {
  if (!IsAnswerable(error) || !socket_.is_open()) co_return;
  HttpExchange exchange(socket_, {}, {}, /*is_http_1_0=*/false,
                        /*is_last=*/true);
  co_await exchange.Send(ResponseTo(error));
}

asio::awaitable<void> HttpConnection::Linger() {
  is_idle_ = true;
  boost::system::error_code ignored;
  std::ignore = socket_.shutdown(HttpSocket::shutdown_send, ignored);
  std::string discarded(64 << 10, '\0');
  const absl::Time end = absl::Now() + kLingerTime;
  while (absl::Now() < end && !is_stopping_) {
    const auto [error, size] = co_await socket_.async_read_some(
        asio::buffer(discarded), Within(end - absl::Now()));
    if (error) break;
  }
  std::ignore = socket_.close(ignored);
}

}  // namespace hwledger
