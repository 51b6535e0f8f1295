#pragma once

#include "absl/status/status.h"
#include "hwledger/v1/inference.pb.h"
#include "server/json_fields.h"

// Parts of POST /v1/chat/completions.
namespace hwledger {

// "messages".
absl::Status ReadOpenAiMessages(const JsonFields& fields, v1::Chat& chat);

// "tools" and "tool_choice".
absl::Status ReadOpenAiTools(const JsonFields& fields, v1::Chat& chat);

}  // namespace hwledger
