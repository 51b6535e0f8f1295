#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace hwledger {

// Where the daemon is looked for: `given`, else HWLEDGER_ADDRESS, else this
// user's socket if there is one, else 127.0.0.1:7420.
std::string DaemonAddress(const std::string& given);

// A channel on which a daemon answers. INVALID_ARGUMENT: `address` is none.
// UNAVAILABLE: nothing answers there; says so within seconds.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const std::string& address);

// A call that must end within a minute.
std::unique_ptr<grpc::ClientContext> UnaryCall();

}  // namespace hwledger
