#pragma once

#include <vector>

#include "absl/types/span.h"

namespace hwledger {

// Whose turn it is among sequences that cannot share a batch: the engine
// applies LoRA adapters to a batch as a whole, so those with equal scales go
// together, and the groups one after another.
class AdapterTurn {
 public:
  using Scales = std::vector<float>;

  // The scales of the next batch. `wanting`: those of the sequences that could
  // compute something, at least one.
  const Scales& Next(absl::Span<const Scales* const> wanting);

 private:
  Scales last_;
};

}  // namespace hwledger
