#include "server/http_server.h"

#include <unistd.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/basic_socket_acceptor.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/local/stream_protocol.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"
#include "server/listen.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;

using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol>;

// Until descriptors may be free again.
constexpr absl::Duration kRetryTime = absl::Milliseconds(100);

// For what was asked before and takes no time; streams have ended.
constexpr std::chrono::seconds kStopTime(1);

constexpr std::string_view kFullResponse =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Connection: close\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

absl::StatusOr<Acceptor> Listen(const asio::any_io_executor& executor,
                                const Protocol::endpoint& endpoint,
                                const std::string& name) {
  Acceptor acceptor(executor);
  boost::system::error_code error;
  std::ignore = acceptor.open(endpoint.protocol(), error);
  if (!error && endpoint.protocol().family() != AF_UNIX) {
    std::ignore = acceptor.set_option(Acceptor::reuse_address(true), error);
  }
  if (!error) std::ignore = acceptor.bind(endpoint, error);
  if (!error) {
    std::ignore = acceptor.listen(Acceptor::max_listen_connections, error);
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", name, ": ", error.message()));
  }
  return acceptor;
}

}  // namespace

// All but its making happens on the executor.
struct HttpServer::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& on, const HttpSettings& settings,
        HttpRoute answer)
      : executor(on),
        access(settings.access),
        limits(settings.limits),
        route(std::move(answer)),
        stop_timer(on) {}

  asio::awaitable<void> Accept(Acceptor& acceptor) {
    asio::steady_timer retry_timer(executor);
    while (!is_stopping) {
      auto [error, socket] =
          co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (is_stopping) break;
      if (error) {
        spdlog::warn("no more HTTP connections now: {}", error.message());
        retry_timer.expires_after(absl::ToChronoMilliseconds(kRetryTime));
        co_await retry_timer.async_wait(asio::as_tuple(asio::use_awaitable));
      } else if (connections.size() >= limits.connections_max) {
        socket.write_some(asio::buffer(kFullResponse), error);
      } else {
        Serve(std::move(socket));
      }
    }
  }

  void Serve(HttpSocket socket) {
    // Small writes follow one another in a stream; a Unix socket has no such
    // delay, and says so.
    boost::system::error_code ignored;
    std::ignore = socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto connection = std::make_shared<HttpConnection>(
        std::move(socket), access, limits, route);
    connections.insert(connection);
    asio::co_spawn(
        executor, connection->Run(),
        [self = shared_from_this(), connection](const std::exception_ptr&) {
          self->connections.erase(connection);
          if (self->connections.empty()) self->stop_timer.cancel();
        });
  }

  void Stop() {
    is_stopping = true;
    boost::system::error_code ignored;
    for (Acceptor& acceptor : acceptors) {
      std::ignore = acceptor.close(ignored);
    }
    for (const auto& connection : std::set(connections)) connection->Stop();
    if (connections.empty()) return;
    stop_timer.expires_after(kStopTime);
    stop_timer.async_wait(
        [self = shared_from_this()](boost::system::error_code) {
          for (const auto& connection : std::set(self->connections)) {
            connection->Close();
          }
        });
  }

  const asio::any_io_executor executor;
  const HttpAccess access;
  const HttpLimits limits;
  const HttpRoute route;
  std::vector<Acceptor> acceptors;
  int port = 0;
  std::set<std::shared_ptr<HttpConnection>> connections;
  asio::steady_timer stop_timer;
  bool is_stopping = false;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const HttpSettings& settings, const asio::any_io_executor& executor,
    HttpRoute route) {
  const auto state =
      std::make_shared<State>(executor, settings, std::move(route));
  if (!settings.address.empty()) {
    ABSL_ASSIGN_OR_RETURN(const LoopbackAddress address,
                          ParseLoopback("http_address", settings.address));
    ABSL_ASSIGN_OR_RETURN(
        Acceptor acceptor,
        Listen(executor, asio::ip::tcp::endpoint(address.ip, address.port),
               settings.address));
    boost::system::error_code ignored;
    asio::ip::tcp::endpoint bound;
    const auto found = acceptor.local_endpoint(ignored);
    bound.resize(found.size());
    std::memcpy(bound.data(), found.data(), found.size());
    state->port = bound.port();
    state->acceptors.push_back(std::move(acceptor));
  }
  if (!settings.socket_path.empty()) {
    // Of a daemon that was killed: the place is held.
    unlink(settings.socket_path.c_str());
    ABSL_ASSIGN_OR_RETURN(
        Acceptor acceptor,
        Listen(executor,
               asio::local::stream_protocol::endpoint(settings.socket_path),
               settings.socket_path));
    state->acceptors.push_back(std::move(acceptor));
  }
  for (Acceptor& acceptor : state->acceptors) {
    asio::co_spawn(executor, state->Accept(acceptor),
                   [state](const std::exception_ptr&) {});
  }
  return std::unique_ptr<HttpServer>(new HttpServer(state));
}

HttpServer::HttpServer(std::shared_ptr<State> state)
    : state_(std::move(state)) {}

int HttpServer::port() const { return state_->port; }

void HttpServer::Stop() {
  asio::post(state_->executor, [state = state_] { state->Stop(); });
}

}  // namespace hwledger
