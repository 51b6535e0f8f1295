#include "server/listen.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "boost/asio/ip/address.hpp"

namespace hwledger {
namespace {

// sockaddr_un holds 108 bytes with the one that ends it.
constexpr size_t kSocketPathBytesMax = 107;

absl::Status CheckOwnFolder(std::string_view setting,
                            const std::filesystem::path& folder) {
  struct stat found = {};
  if (lstat(folder.c_str(), &found) != 0) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot use ", folder.string()));
  }
  if (!S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
      (found.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the folder of ", setting,
        " must belong to this user alone (chmod 700): ", folder.string()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoopbackAddress> ParseLoopback(std::string_view setting,
                                              std::string_view address) {
  const size_t colon = address.rfind(':');
  std::string_view host = address.substr(0, colon);
  uint32_t port = 0;
  const bool has_port = colon != address.npos &&
                        absl::SimpleAtoi(address.substr(colon + 1), &port) &&
                        port <= std::numeric_limits<uint16_t>::max();
  if (host == "localhost") host = "127.0.0.1";
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(host, error);
  if (!has_port || error || !ip.is_loopback()) {
    return absl::InvalidArgumentError(absl::StrCat(
        setting, " must be host:port on this machine's loopback; got \"",
        address, "\""));
  }
  return LoopbackAddress{.ip = ip, .port = static_cast<uint16_t>(port)};
}

absl::StatusOr<SocketPlace> SocketPlace::Hold(std::string_view setting,
                                              const std::string& socket_path) {
  if (!absl::StartsWith(socket_path, "/") ||
      socket_path.size() > kSocketPathBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(setting, " must be an absolute path of at most ",
                     kSocketPathBytesMax, " bytes; got \"", socket_path, "\""));
  }
  const std::filesystem::path folder =
      std::filesystem::path(socket_path).parent_path();
  std::error_code ignored;
  std::filesystem::create_directories(folder.parent_path(), ignored);
  mkdir(folder.c_str(), 0700);
  ABSL_RETURN_IF_ERROR(CheckOwnFolder(setting, folder));

  const std::string lock_path = absl::StrCat(socket_path, ".lock");
  const int lock_fd =
      open(lock_path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock_fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", lock_path));
  }
  if (flock(lock_fd, LOCK_EX | LOCK_NB) != 0) {
    close(lock_fd);
    return absl::AlreadyExistsError(
        absl::StrCat("another daemon listens on ", socket_path));
  }
  return SocketPlace(socket_path, lock_fd);
}

SocketPlace::SocketPlace(std::string socket_path, int lock_fd)
    : socket_path_(std::move(socket_path)), lock_fd_(lock_fd) {}

SocketPlace::SocketPlace(SocketPlace&& other) noexcept
    : socket_path_(std::move(other.socket_path_)),
      lock_fd_(std::exchange(other.lock_fd_, -1)) {}

SocketPlace::~SocketPlace() {
  if (lock_fd_ < 0) return;
  unlink(socket_path_.c_str());
  close(lock_fd_);
}

}  // namespace hwledger
