#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/placement.h"

namespace hwledger {

// What a device must hold besides weights and caches, from going through a pass
// result by result, in the engine's order, on a heap that is not there. Where
// layers are split no single stage decides any more: gaps do, which inputs from
// another device leave. The order is that of libllama 0.7.0.
//
// Nothing where the device computes no layers, or one of a kind whose order is
// not known here: delta nets and RWKV, several residual streams.
std::optional<Bytes> RehearsedBuffer(const ModelShape& model,
                                     const Placement& placement, int64_t device,
                                     bool is_pipelined, const Pass& pass);

}  // namespace hwledger
