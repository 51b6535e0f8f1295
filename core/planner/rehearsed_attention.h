#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/dry_results.h"

namespace hwledger {

// In which order what attention needs is computed, behind the queries.
enum class CacheOrder { kValuesFirst, kKeysFirst };

// Goes through attention of `layer`, which has some, up to what its heads give.
// Frees `normed`, its input, unless the feed-forward part takes the same.
DryResults::Block RehearseHeads(const Layer& layer, CacheOrder order,
                                const Pass& pass, DryResults::Block& normed,
                                DryResults& results);

// Projects what the heads gave back to the width of the residual stream.
void RehearseProjection(const Layer& layer, int64_t embedding_elements,
                        const Pass& pass, DryResults::Block& heads,
                        DryResults& results);

// The matrices that rotate keys and values for a quantized cache.
Bytes CacheRotations(const Layer& layer, const Pass& pass);

}  // namespace hwledger
