#pragma once

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"

namespace hwledger {

// Whether a layer attends, to keys of its own or those of a layer before.
bool Attends(const Layer& layer);

// What tells attention where it is, for all layers alike. Each device that has
// some of them holds its own.
struct PassInputs {
  Bytes sum;
  Bytes masks;
  Bytes largest_mask;
};

// One mask of the cells that a token may look at per kind of cache, an
// indexer's too: cells · tokens, F16 with flash attention, else F32. Without it
// values are stored transposed, one by one, and each needs the number of its
// place: 8 · tokens · values per kind of cache (llama.cpp: llama_kv_cache,
// build_input_v_idxs).
PassInputs InputsOf(absl::Span<const LayerGroup> layers, const Pass& pass);

// What a graph with an indexer holds all the time: of every layer the zeros
// with which the chosen cells are unmasked, 4 · cells, and one matrix that
// rotates keys and queries, 4 · key².
Bytes IndexConstants(absl::Span<const LayerGroup> layers, const Pass& pass);

}  // namespace hwledger
