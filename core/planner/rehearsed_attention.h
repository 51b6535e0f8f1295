#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/bytes.h"
#include "core/model/layer_matrices.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/dry_results.h"
#include "core/planner/kv_cache.h"

namespace hwledger {

// In which order what attention needs is computed, behind the queries.
enum class CacheOrder { kValuesFirst, kKeysFirst };

// For a layer whose weights and cache another device has.
struct HandedLayer {
  LayerMatrices copies;  // Of its matrices.
  // The copy for what follows the queries comes before these are turned: that
  // goes by tables, which came with a layer before.
  bool copies_early = false;
  // Called when these come.
  absl::FunctionRef<void()> take_positions;
  absl::FunctionRef<void()> take_rotation;
  absl::FunctionRef<void()> take_mask;
};

// Goes through attention of `layer`, which has some, up to what its heads give.
// Frees `normed`, its input, unless the feed-forward part takes the same.
// Where the layer is `handed` over (null: it is here) all that is cached comes
// too.
DryResults::Block RehearseHeads(const Layer& layer, CacheOrder order,
                                const HandedLayer* handed, const Pass& pass,
                                DryResults::Block& normed, DryResults& results);

// The same for queries, keys and values that come from another device, all
// that is cached of the latter two. Calls `take_mask` when the mask comes.
DryResults::Block RehearseHandedHeads(const Layer& layer, const Pass& pass,
                                      absl::FunctionRef<void()> take_mask,
                                      DryResults& results);

// The same for keys and values of a layer before, whose sizes `layer` has: what
// was handed over of them, if another device has them. Frees `normed`.
DryResults::Block RehearseSharedHeads(const Layer& layer, const Pass& pass,
                                      DryResults::Block& keys,
                                      DryResults::Block& values,
                                      DryResults::Block& normed,
                                      DryResults& results);

// So much of each cell of all streams.
Bytes AllCells(const Layer& layer, const CacheLayout& layout, Bytes cell);

// Whether what the heads gave is rotated back before it is projected.
bool RotatesResult(const Layer& layer, const Pass& pass);

// The matrices that rotate keys for a quantized cache, and the result back.
Bytes KeyRotation(const Layer& layer, const Pass& pass);
Bytes ResultRotation(const Layer& layer, const Pass& pass);

}  // namespace hwledger
