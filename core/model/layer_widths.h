#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"

namespace hwledger {

// How wide the feed-forward parts of layers are and in which order a layer
// computes, as far as its tensors tell.

// What a tensor tells alone, which is a layer's `part`. DataLoss: its rows are
// longer than any.
absl::Status AddWidths(const GgufTensor& tensor, std::string_view part,
                       int64_t experts_used, LayerWidths& widths);

// What they tell together, once each has told what it does alone. Those of
// layers belong to one of `shape`.
void AddJointWidths(const GgufHeader& header, ModelShape& shape);

}  // namespace hwledger
