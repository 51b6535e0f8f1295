#pragma once

#include <cstddef>

#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/dry_results.h"
#include "core/planner/rehearsed_part.h"

namespace hwledger {

// What an RWKV layer's time mix starts from, of all sequences: gathered right
// behind what both mixes look back to.
Bytes GatheredMatrices(const Layer& layer, const Pass& pass);

// What a layer of RWKV 7 does with the values of the first.
enum class ValueMix {
  kMakes,     // It is the first: they stay there.
  kTakes,     // Takes its own from them.
  kReplaces,  // The same, in their place: nobody else needs them.
};

// Of number `index` in `part`.
ValueMix ValueMixOf(const RehearsedPart& part, size_t index);

// Goes through the time mix of RWKV 6 or 7, up to its projection (llama.cpp:
// src/models/rwkv6-base.cpp, rwkv7-base.cpp). Its input stays. Frees
// `matrices`. RWKV 7 makes or frees `first_values` too, as `value_mix` says;
// empty: they lie where nothing is freed.
DryResults::Block RehearseTimeMix(const Layer& layer, const Pass& pass,
                                  ValueMix value_mix,
                                  DryResults::Block& matrices,
                                  DryResults::Block& first_values,
                                  DryResults& results);

// Goes through the channel mix behind it, up to what is added to the stream.
// Frees `normed`, its input, and `difference`, of that from the tokens before;
// empty: it lies where nothing is freed.
DryResults::Block RehearseChannelMix(const Layer& layer,
                                     DryResults::Block& difference,
                                     DryResults::Block& normed,
                                     DryResults& results);

}  // namespace hwledger
