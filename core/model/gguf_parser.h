#pragma once

#include "absl/status/statusor.h"
#include "core/model/byte_reader.h"
#include "core/model/gguf.h"

namespace hwledger {

// The header of the one GGUF file that `reader` stands at the start of. Every
// tensor lies within reader.size(), none overlaps another.
//
// DataLoss: damaged, or not a GGUF file of a known version.
absl::StatusOr<GgufHeader> ParseGgufHeader(ByteReader& reader);

}  // namespace hwledger
