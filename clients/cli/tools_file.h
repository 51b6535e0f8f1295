#pragma once

#include <string>

#include "absl/status/status.h"
#include "hwledger/v1/inference.pb.h"

namespace hwledger {

// Adds the tools of a JSON file to `chat`: a list of
// {"type": "function", "function": {"name", "description", "parameters"}}, or
// of what stands in "function". InvalidArgument: it is no such list.
absl::Status ReadTools(const std::string& path, v1::Chat& chat);

}  // namespace hwledger
