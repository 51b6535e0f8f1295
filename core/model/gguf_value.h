#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/model/byte_reader.h"
#include "core/model/gguf.h"

namespace hwledger {

// The text that `reader` stands at; DataLoss where it is longer than
// `bytes_max`. `what` names it in the message.
absl::StatusOr<std::string> ReadGgufText(ByteReader& reader, int64_t bytes_max,
                                         std::string_view what);

// The value, type first, that `reader` stands at. Nothing where it is a text
// too long to keep.
absl::StatusOr<std::optional<GgufValue>> ReadGgufValue(ByteReader& reader);

}  // namespace hwledger
