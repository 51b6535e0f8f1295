#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hwledger {

// OK where `address` (host:port) can be reached from this machine only: without
// encryption and authentication the daemon listens nowhere else.
absl::Status CheckLoopback(const std::string& address);

// A Unix socket's place, held for as long as this lives: its folder, which only
// this user may enter, and a lock, so that no second daemon takes the socket
// away from a first.
class SocketPlace {
 public:
  // FailedPrecondition: the folder is open to others. AlreadyExists: held by
  // another daemon.
  static absl::StatusOr<SocketPlace> Hold(const std::string& socket_path);

  SocketPlace(SocketPlace&& other) noexcept;
  SocketPlace& operator=(SocketPlace&&) = delete;
  ~SocketPlace();

 private:
  SocketPlace(std::string socket_path, int lock_fd);

  std::string socket_path_;
  int lock_fd_;
};

}  // namespace hwledger
