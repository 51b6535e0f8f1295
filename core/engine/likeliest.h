#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/engine/command_queue.h"

namespace hwledger {

struct TokenLogit {
  TokenId id = 0;
  float logit = 0;
};

// Writes the `count` likeliest tokens to `found`, the likeliest first; of equal
// ones the first. One pass over the logits, which are many, and hardly a write.
// Fewer where the model said of fewer how likely they are.
void Likeliest(absl::Span<const float> logits, int64_t count,
               std::vector<TokenLogit>& found);

}  // namespace hwledger
