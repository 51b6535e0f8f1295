#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/config.h"

namespace hwledger {

// The whole daemon: listens from Start until Stop. Tests start it in-process.
class Daemon {
 public:
  // InvalidArgument: an address that is not loopback. AlreadyExists: another
  // daemon holds the socket. Unavailable: the port is taken.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const Config& config);

  // As Stop, with no grace.
  ~Daemon();

  // Takes over what can change while it runs: idle_ttl, for models that are
  // loaded from then on.
  void Reload(const Config& config);

  // Refuses new calls and reports NOT_SERVING, gives running streams `grace` to
  // end, ends those that have not with UNAVAILABLE, then every runner.
  void Stop(absl::Duration grace);

  // The TCP ports; 0 where there is none.
  int grpc_port() const;
  int http_port() const;

 private:
  struct Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace hwledger
