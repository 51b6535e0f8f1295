#pragma once

#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/dry_results.h"

namespace hwledger {

// Goes through latent attention of `layer`, up to what its heads give outside
// of the latent space (llama.cpp: src/models/deepseek2.cpp). Queries and keys
// carry their position. Frees `normed`, its input.
DryResults::Block RehearseLatentHeads(const Layer& layer, const Pass& pass,
                                      DryResults::Block& normed,
                                      DryResults& results);

}  // namespace hwledger
