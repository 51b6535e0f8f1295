#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hwledger/v1/inference.pb.h"
#include "server/json_fields.h"

// What requests to generate say in the same way in the APIs of others.
namespace hwledger {

// "model".
absl::StatusOr<std::string> ReadModel(const JsonFields& fields);

// "temperature", "top_k", "top_p", "min_p", "frequency_penalty",
// "presence_penalty" and "seed".
absl::Status ReadSampling(const JsonFields& fields, v1::Sampling& sampling);

// "stop".
absl::Status ReadStops(const JsonFields& fields,
                       v1::RunInferenceRequest& request);

// Of something with a "function" in it: what that is.
absl::StatusOr<JsonFields> FunctionOf(const JsonFields& fields);

// "tools".
absl::Status ReadTools(const JsonFields& fields, v1::Chat& chat);

// An element of "tool_calls". Its arguments: an object, or the text of one.
absl::Status ReadToolCall(const JsonFields& fields, v1::ToolCall& call);

}  // namespace hwledger
