#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

namespace hwledger {

// Refusals as the daemon sends them, with google.rpc details; none of them by
// gRPC itself, which has no details.

grpc::Status Refusal(grpc::StatusCode code, std::string_view message);

// INVALID_ARGUMENT about one field of a request: `message` follows the field's
// name.
grpc::Status FieldRefusal(std::string_view field, std::string_view message);

grpc::Status NoSuchModel(std::string_view model_id);

// There is no file to run.
grpc::Status NotToRun(std::string_view model_id);

}  // namespace hwledger
