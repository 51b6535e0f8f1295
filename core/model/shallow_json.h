#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/model/json_events.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// DataLoss: not JSON, nested deeper or in more pieces than any config is; says
// where.
absl::Status ValidateShallowJson(std::string_view text,
                                 int64_t piece_bytes_max = kJsonPieceBytesMax);

// Parses text that comes from outside; it becomes at most some 16 MB more than
// it is long. Errors as ValidateShallowJson's.
absl::StatusOr<nlohmann::json> ParseShallowJson(
    std::string_view text, int64_t piece_bytes_max = kJsonPieceBytesMax);

}  // namespace hwledger
