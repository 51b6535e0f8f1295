#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/cancel_after.hpp"
#include "boost/asio/generic/stream_protocol.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "server/http_message.h"

namespace hwledger {

using HttpSocket = boost::asio::generic::stream_protocol::socket;

// An operation is awaited for so long at most; then it ends with
// operation_aborted. Errors come as values.
inline auto Within(absl::Duration time) {
  return boost::asio::cancel_after(
      absl::ToChronoMilliseconds(time),
      boost::asio::as_tuple(boost::asio::use_awaitable));
}

// A request and the means to answer it once: with one response, or with one in
// pieces. On the connection's executor alone. A client that takes nothing for a
// minute counts as gone.
class HttpExchange {
 public:
  // `headers` go into every answer. `is_last`: the connection ends after it.
  HttpExchange(HttpSocket& socket, HttpRequest request, HttpHeaders headers,
               bool is_http_1_0, bool is_last);
  HttpExchange(const HttpExchange&) = delete;
  ~HttpExchange();

  const HttpRequest& request() const { return request_; }
  // Whether another request may follow: it was answered, whole.
  bool keeps_connection() const { return is_answered_ && !is_last_; }

  // Calls `act` if the client goes away before this ends, or ends its half of
  // the connection.
  void OnDisconnect(std::function<void()> act);

  boost::asio::awaitable<void> Send(HttpResponse response);

  // Begin, then Write any number of times, then End. False: the client is gone.
  boost::asio::awaitable<bool> Begin(HttpResponse head);
  boost::asio::awaitable<bool> Write(std::string piece);
  boost::asio::awaitable<void> End();

 private:
  struct Watch;

  HttpSocket& socket_;
  const HttpRequest request_;
  const HttpHeaders headers_;
  const bool is_http_1_0_;
  bool is_last_;
  bool is_answered_ = false;
  std::shared_ptr<Watch> watch_;
};

}  // namespace hwledger
