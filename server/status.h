#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace hwledger {

// With google.rpc.ErrorInfo, BadRequest where the error is about a field, and
// RetryInfo where it tells when to try again;
// under 4 KiB whatever the message quotes.
grpc::Status ToGrpc(const absl::Status& status);

absl::Status FromGrpc(const grpc::Status& status);

}  // namespace hwledger
