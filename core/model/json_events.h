#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "core/model/byte_reader.h"

namespace hwledger {

// One piece of a JSON text.
struct JsonEvent {
  enum class Kind {
    kObject,
    kObjectEnd,
    kArray,
    kArrayEnd,
    kKey,
    kText,
    kCount,  // A whole number from 0 to 2^63-1.
    kOther,  // Any other value.
  };

  Kind kind = Kind::kOther;
  int64_t depth = 0;  // How many objects and arrays it stands in.
  std::string text;   // Of a key or a text.
  int64_t count = 0;
};

// More than a key or a text of any config has.
inline constexpr int64_t kJsonPieceBytesMax = 2 << 20;

// Hands what `reader` has left to `take`, piece by piece, until it refuses one.
// Takes a dozen times `piece_bytes_max` of memory at most, whatever the text.
//
// DataLoss: not JSON, or absurd as such; says where. Otherwise what `take`
// said.
absl::Status ReadJson(ByteReader& reader,
                      const std::function<absl::Status(JsonEvent)>& take,
                      int64_t piece_bytes_max = kJsonPieceBytesMax);

}  // namespace hwledger
