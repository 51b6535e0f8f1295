#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/architecture_keys.h"
#include "core/model/model_shape.h"

namespace hwledger {

// How an architecture's blocks are made of attention and recurrences.
enum class Blocks {
  kAttention,
  kRecurrent,
  // Attention where the block has KV heads, a recurrence where not.
  kEither,
  // Likewise, or neither: a feed-forward network alone.
  kOneOfThree,
  // Attention in every so many blocks, a recurrence in those between.
  kInterval,
  // Attention and a recurrence side by side.
  kBoth,
};

// Takes attention from the blocks that have a recurrence instead, and gives
// these what they remember and how wide they are. `layers` have their
// attention.
absl::Status AddRecurrences(const ArchitectureKeys& keys, Blocks blocks,
                            Recurrence recurrence, std::vector<Layer>& layers);

}  // namespace hwledger
