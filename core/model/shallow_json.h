#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// Parses text that comes from outside; it becomes at most some 16 MB more than
// it is long. DataLoss: not JSON, nested deeper or in more pieces than any
// config is; says where.
absl::StatusOr<nlohmann::json> ParseShallowJson(std::string_view text);

}  // namespace hwledger
