#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/dry_results.h"

namespace hwledger {

// What the convolution of `layer` looks back to, of all sequences: gathered
// before anything else of the layer is computed.
Bytes GatheredStates(const Layer& layer, const Pass& pass);

// Goes through a short convolution (llama.cpp: src/models/lfm2.cpp), up to its
// projection. Frees `normed`, its input, and `states`. Calls `gather_next` as
// soon as its own states are stored, when those of the next layer are gathered.
DryResults::Block RehearseConvolution(
    const Layer& layer, int64_t embedding_elements, const Pass& pass,
    absl::FunctionRef<void()> gather_next, DryResults::Block& normed,
    DryResults::Block& states, DryResults& results);

// The same for a scan of Mamba-1 or Mamba-2 (llama.cpp: llm_build_mamba_base).
// `make_gate` makes the gate of what was projected.
DryResults::Block RehearseScan(
    const Layer& layer, int64_t embedding_elements, const Pass& pass,
    absl::FunctionRef<void()> gather_next,
    absl::FunctionRef<void(DryResults::Block&)> make_gate,
    DryResults::Block& normed, DryResults::Block& states, DryResults& results);

}  // namespace hwledger
