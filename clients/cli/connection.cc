#include "clients/cli/connection.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/system.h"

namespace hwledger {
namespace {

constexpr std::string_view kDefaultAddress = "127.0.0.1:7420";
constexpr std::string_view kSocketPrefix = "unix:";
// Longer than a handshake across a continent, shorter than patience.
constexpr std::chrono::seconds kConnectTimeout(5);
constexpr std::chrono::seconds kUnaryTimeout(60);
// The list of a large library is the largest answer.
constexpr int kAnswerBytesMax = 16 << 20;

grpc::ChannelArguments ChannelArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  // The daemon is on this machine or near it; a proxy is for the web.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

absl::Status Unreachable(const std::string& address, std::string_view what) {
  return absl::UnavailableError(absl::StrCat(
      what, " at ", address,
      "\nStart the daemon with 'hwledgerd', or name another one with "
      "--address."));
}

}  // namespace

std::string DaemonAddress(const std::string& given) {
  if (!given.empty()) return given;
  const char* environment = std::getenv("HWLEDGER_ADDRESS");
  if (environment != nullptr && *environment != '\0') return environment;
  const std::string socket = UserSocketPath();
  std::error_code error;
  if (std::filesystem::exists(socket, error)) {
    return absl::StrCat(kSocketPrefix, socket);
  }
  return std::string(kDefaultAddress);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const std::string& address) {
  if (absl::StrContains(address, "://") || !absl::StrContains(address, ':')) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an address is HOST:PORT or unix:/PATH; got '", address, "'"));
  }
  std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
      address, grpc::InsecureChannelCredentials(), ChannelArguments());

  const auto deadline = std::chrono::system_clock::now() + kConnectTimeout;
  grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
  while (state != GRPC_CHANNEL_READY) {
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return Unreachable(address, "no daemon answers");
    }
    if (!channel->WaitForStateChange(state, deadline)) {
      return Unreachable(address, "no daemon answers in time");
    }
    state = channel->GetState(/*try_to_connect=*/true);
  }
  return channel;
}

std::unique_ptr<grpc::ClientContext> UnaryCall() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + kUnaryTimeout);
  return context;
}

}  // namespace hwledger
