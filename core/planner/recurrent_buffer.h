#pragma once

#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"

namespace hwledger {

// What the part of `layer` that remembers a state holds at its widest moment,
// beside the residual stream. Zero where it remembers none, and for RWKV, which
// is always rehearsed.
Bytes RecurrentBuffer(const Layer& layer, const Pass& pass);

}  // namespace hwledger
