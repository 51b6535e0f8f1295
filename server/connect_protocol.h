#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "nlohmann/json_fwd.hpp"

// What the Connect protocol says beside the messages themselves
// (connectrpc.com/docs/protocol).
namespace hwledger {

// "invalid_argument"; "canceled", with one l.
std::string_view ConnectCodeOf(grpc::StatusCode code);

// 400 for INVALID_ARGUMENT.
int HttpStatusOf(grpc::StatusCode code);

// {"code", "message", "details"}, the details where there are any.
nlohmann::json ConnectErrorOf(const grpc::Status& status);

// The last message of a stream: {} or {"error": …}.
nlohmann::json EndOfStream(const grpc::Status& status);

// Of the header Connect-Timeout-Ms; nothing where it is empty.
absl::StatusOr<std::optional<absl::Duration>> ParseConnectTimeout(
    std::string_view text);

}  // namespace hwledger
