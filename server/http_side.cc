#include "server/http_side.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "absl/status/status_macros.h"
#include "grpcpp/create_channel_posix.h"
#include "grpcpp/server_posix.h"
#include "server/http_api.h"

namespace hwledger {
namespace {

// To a server in this process. Its own in-process channel loses responses that
// are not awaited when they come, so this is a connection like any other.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectTo(grpc::Server& server) {
  int ends[2] = {};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                 /*protocol=*/0, ends) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a socket pair");
  }
  grpc::AddInsecureChannelFromFd(&server, ends[0]);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // Nobody else sends on it.
  return grpc::CreateCustomInsecureChannelFromFd("hwledgerd", ends[1],
                                                 arguments);
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpSide>> HttpSide::Start(
    const Config& config, grpc::Server& server,
    std::vector<std::string> services, boost::asio::any_io_executor workers) {
  HttpSettings settings = {.address = config.http_address};
  ABSL_ASSIGN_OR_RETURN(
      settings.access, ParseHttpAccess(config.http_hosts, config.http_origins));
  std::unique_ptr<HttpSide> side(new HttpSide());
  if (!config.http_socket_path.empty()) {
    settings.socket_path = config.http_socket_path;
    ABSL_ASSIGN_OR_RETURN(
        SocketPlace place,
        SocketPlace::Hold("http_socket_path", config.http_socket_path));
    side->socket_place_.emplace(std::move(place));
  }
  ABSL_ASSIGN_OR_RETURN(auto channel, ConnectTo(server));
  const auto executor = side->thread_.get_executor();
  ABSL_ASSIGN_OR_RETURN(
      side->server_,
      HttpServer::Start(settings, executor,
                        MakeHttpApi({.channel = std::move(channel),
                                     .services = std::move(services),
                                     .executor = executor,
                                     .workers = std::move(workers)})));
  return side;
}

HttpSide::~HttpSide() {
  if (server_) server_->Stop();
  thread_.join();
}

}  // namespace hwledger
