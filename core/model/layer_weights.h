#pragma once

#include "absl/status/status.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"

namespace hwledger {

// Adds up the tensors of `header` in `shape`: per layer, before the first and
// after the last, and how wide the feed-forward parts are. `shape` has its
// layers. Of `experts_used` experts per token only those count as active.
//
// DataLoss: a tensor of a layer that the model does not have, or whose name or
// size contradicts the others'.
absl::Status AddWeights(const GgufHeader& header, int64_t experts_used,
                        ModelShape& shape);

}  // namespace hwledger
