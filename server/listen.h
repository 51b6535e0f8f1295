#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/ip/address.hpp"

namespace hwledger {

struct LoopbackAddress {
  boost::asio::ip::address ip;
  uint16_t port = 0;
};

// Of host:port that can be reached from this machine only: without encryption
// and authentication the daemon listens nowhere else. `setting` is where it
// stands.
absl::StatusOr<LoopbackAddress> ParseLoopback(std::string_view setting,
                                              std::string_view address);

// A Unix socket's place, held for as long as this lives: its folder, which only
// this user may enter, and a lock, so that no second daemon takes the socket
// away from a first.
class SocketPlace {
 public:
  // FailedPrecondition: the folder is open to others. AlreadyExists: held by
  // another daemon.
  // `setting` is where the path stands.
  static absl::StatusOr<SocketPlace> Hold(std::string_view setting,
                                          const std::string& socket_path);

  SocketPlace(SocketPlace&& other) noexcept;
  SocketPlace& operator=(SocketPlace&&) = delete;
  ~SocketPlace();

 private:
  SocketPlace(std::string socket_path, int lock_fd);

  std::string socket_path_;
  int lock_fd_;
};

}  // namespace hwledger
