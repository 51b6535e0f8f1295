#pragma once

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "server/http_access.h"
#include "server/http_exchange.h"

namespace hwledger {

// Answers one request; an exchange that it leaves unanswered ends the
// connection.
using HttpRoute =
    std::function<boost::asio::awaitable<void>(HttpExchange& exchange)>;

// What a client is waited for, so that none holds a connection for nothing.
struct HttpLimits {
  // Between requests; a browser keeps a connection as long.
  absl::Duration idle_time = absl::Minutes(2);
  // A head is one packet, a body some thousands, and all of it from this
  // machine.
  absl::Duration head_time = absl::Seconds(10);
  absl::Duration body_time = absl::Seconds(60);
  // Each takes a file descriptor and some kilobytes; browsers and connection
  // pools keep many.
  size_t connections_max = 4096;
};

// The largest body: as a message of gRPC's.
inline constexpr size_t kHttpBodyBytesMax = 16 << 20;
// The largest head: a GET has its message in the first line.
inline constexpr size_t kHttpHeadBytesMax = 64 << 10;

// One client's requests, one after another. On its executor alone, a single
// thread. Every wait for the client has an end.
class HttpConnection {
 public:
  // What it is given outlives it.
  HttpConnection(HttpSocket socket, const HttpAccess& access,
                 const HttpLimits& limits, const HttpRoute& route);

  // Until the client or Stop ends it.
  boost::asio::awaitable<void> Run();

  // No request after the one in hand.
  void Stop();
  // Breaks it off.
  void Close();

 private:
  struct Head;

  boost::asio::awaitable<bool> ServeNext();
  boost::asio::awaitable<bool> AwaitRequest();
  boost::asio::awaitable<bool> Answer(Head& head, HttpRequest request);
  boost::asio::awaitable<void> Refuse(boost::system::error_code error);
  boost::asio::awaitable<void> Linger();

  HttpSocket socket_;
  const HttpAccess& access_;
  const HttpLimits& limits_;
  const HttpRoute& route_;
  boost::beast::flat_buffer buffer_;
  bool is_idle_ = false;  // Nothing is owed to the client.
  bool is_stopping_ = false;
};

}  // namespace hwledger
