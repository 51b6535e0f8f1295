#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/placement.h"

namespace hwledger {

// What goes from one device to the next where layers are split. Only products
// with weights are bound to the device that has the weights: what is done with
// their results is done on the GPU that follows the host, or on that which came
// first of two (ggml: ggml_backend_sched_split_graph).

// What the host hands over behind a layer of these widths, as copies of the
// residual stream: the stream itself and what the feed-forward part gave. That
// is the result of each expert; that of all experts and that of the shared
// ones; or its own and attention's beside it.
int64_t ResidualsFromHost(const LayerWidths& widths);

// The layers that are computed, which come first: those that only predict
// further tokens count where layers are placed, and no more.
absl::Span<const Layer> ComputedLayers(const ModelShape& model);

// Whether `device` computes layers.
bool HasComputedLayers(const ModelShape& model, const Placement& placement,
                       int64_t device);

// Whether the results of a layer of these widths are those of experts, each by
// itself, with nothing that is computed behind them.
bool EndsWithExperts(const LayerWidths& widths);

// Whether the host computes what the layer before number `index` ends with, or
// its experts.
bool IsBehindHost(const ModelShape& model, const Placement& placement,
                  size_t index);

// What surrounds the layers on `device`. Found, as the stages were, by
// comparing with libllama, which had ggml's RPC devices for GPUs.
Surroundings SurroundingsAlone(const ModelShape& model,
                               const Placement& placement, int64_t device);

// The same where GPUs that hold the whole model work on several micro-batches
// at once. There are four of every input then.
Surroundings SurroundingsInPipeline(const ModelShape& model,
                                    const Placement& placement, int64_t device);

// What a GPU must hold for the output layer alone. The last layer feeds only
// those tokens forward that the output is for, if it has a feed-forward part
// that waits for attention; else the host hands all of them over.
Bytes OutputLayerBuffer(const ModelShape& model, const Placement& placement,
                        const Pass& pass);

}  // namespace hwledger
