#pragma once

#include "absl/status/status.h"
#include "hwledger/v1/inference.pb.h"
#include "server/json_fields.h"

namespace hwledger {

// "messages" of POST /api/chat. Calls of tools need no id there, and what a
// tool says names the tool instead of the call: it then answers the first call
// of that tool which nothing has answered yet.
absl::Status ReadOllamaMessages(const JsonFields& fields, v1::Chat& chat);

}  // namespace hwledger
