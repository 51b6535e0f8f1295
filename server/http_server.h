#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "server/http_access.h"
#include "server/http_connection.h"

namespace hwledger {

struct HttpSettings {
  // host:port on a loopback address; port 0 takes a free one. Empty: no TCP.
  std::string address;
  // A place that is held. Empty: no Unix socket.
  std::string socket_path;
  HttpAccess access;
  HttpLimits limits;
};

// Listens, and has an HttpConnection for every client. One too many is told so
// (503) and let go.
class HttpServer {
 public:
  // `executor` is a single thread, and ends after this. InvalidArgument: the
  // address is not loopback. Unavailable: it is taken.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const HttpSettings& settings,
      const boost::asio::any_io_executor& executor, HttpRoute route);

  // The TCP port; 0 where there is none.
  int port() const;

  // Once, at the end; from any thread. Connections end after the request in
  // hand, or when they have not been done with it for a second; then the
  // executor has no work of this any more.
  void Stop();

 private:
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);

  const std::shared_ptr<State> state_;
};

}  // namespace hwledger
