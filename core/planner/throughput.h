#pragma once

#include <optional>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/planner/planner.h"

namespace hwledger {

// What one device reads for every token of one sequence.
struct DecodeReads {
  std::optional<Bytes> bandwidth_per_second;
  Bytes weights;      // The active ones.
  Bytes empty_cache;  // Recurrent states, which are read whole.
  Bytes full_cache;   // The same after as many tokens as the sequence can hold.
};

// Tokens per second of one sequence if reading were all that takes time:
//   1 / Σ over devices (bytes read / bandwidth)
// Layers run one after another, so the devices' times add up. Nothing where a
// device's bandwidth is not known.
std::optional<TokenRate> DecodeRate(absl::Span<const DecodeReads> devices);

}  // namespace hwledger
