#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/thread_pool.hpp"
#include "grpcpp/server.h"
#include "server/config.h"
#include "server/http_server.h"
#include "server/listen.h"

namespace hwledger {

// The daemon's HTTP: its places to listen, its thread, and its connection to
// the gRPC server of the same process, which answers.
class HttpSide {
 public:
  // Messages that take long to translate are translated on `workers`. Fails as
  // Daemon::Start.
  static absl::StatusOr<std::unique_ptr<HttpSide>> Start(
      const Config& config, grpc::Server& server,
      std::vector<std::string> services, boost::asio::any_io_executor workers);

  // Ends every connection. Before the server: it calls it.
  ~HttpSide();

  int port() const { return server_->port(); }  // TCP; 0: none.

 private:
  HttpSide() = default;

  std::optional<SocketPlace> socket_place_;
  boost::asio::thread_pool thread_{1};
  std::unique_ptr<HttpServer> server_;
};

}  // namespace hwledger
