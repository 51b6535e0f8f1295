#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/kv_cache.h"

namespace hwledger {

// Equal layers, of which one stands for all.
struct LayerGroup {
  const Layer* layer = nullptr;
  int64_t layer_count = 0;
  bool has_experts = true;  // Else another device holds them, if any.
};

// One pass through the model: the largest that the engine prepares for.
struct Pass {
  CacheLayout layout;
  int64_t token_count = 0;   // The micro-batch, a whole number per sequence.
  int64_t output_count = 0;  // Tokens whose logits are wanted.
  // The same of a pass with few tokens, which checks what was drafted.
  int64_t kept_output_count = 0;
  bool flash_attention = true;
};

// `options` are valid. Where flash attention is left to the engine it is on.
Pass PassOf(const EngineOptions& options);

// How a device comes by its inputs.
enum class Feed {
  kStart,     // From the embedded tokens.
  kHandover,  // From the device that has computed the layers before.
  kPipeline,  // One or the other, for several micro-batches at once.
};

// Of every input, where several micro-batches are under way (ggml:
// GGML_SCHED_MAX_COPIES).
inline constexpr int64_t kPipelineCopies = 4;

// What the engine keeps on a device for the whole of a pass, beside the stage
// that it is in.
struct Surroundings {
  Feed feed = Feed::kStart;
  // Copies of the residual stream: between the parts of a layer, and of the
  // inputs from the device before.
  int64_t residuals = 5;
  // Else the model's last layer is there alone, which feeds forward only those
  // tokens whose logits are wanted.
  bool feeds_forward = true;
  // Whose inputs are there: on the host, all layers', which it hands over.
  // Empty: those of the layers that are computed.
  absl::Span<const LayerGroup> told;

  // Of each other input, such as the masks.
  int64_t input_copies() const {
    return feed == Feed::kPipeline ? kPipelineCopies : 1;
  }
};

// All that a draft wants at once, which may lie where masks and layers have
// been.
Bytes KeptOutputs(int64_t vocabulary_size, int64_t embedding_elements,
                  const Pass& pass);

// What a device must hold besides weights and caches to compute `layers`, and
// the logits if `vocabulary_size` is not 0. The engine's allocator reuses
// memory as soon as a result is no longer needed, so the widest moment counts:
//   4 · tokens · max(stages) + inputs
// The stages were found by comparing with libllama 0.7.0; see the .cc for each.
Bytes ComputeBuffer(absl::Span<const LayerGroup> layers,
                    int64_t embedding_elements, int64_t vocabulary_size,
                    const Surroundings& around, const Pass& pass);

// What the host must hold to feed GPUs that compute all of `layers`: the
// embedded tokens and the inputs of attention.
Bytes InputBuffer(absl::Span<const LayerGroup> layers,
                  int64_t embedding_elements, const Surroundings& around,
                  const Pass& pass);

// The same for a host that also holds the experts, and only those, of
// `expert_layers`.
Bytes HostExpertsBuffer(absl::Span<const LayerGroup> expert_layers,
                        absl::Span<const LayerGroup> layers,
                        int64_t embedding_elements, const Surroundings& around,
                        const Pass& pass);

// The logits that the host reads, of all that are ever kept at once: outputs ·
// vocabulary · 4.
Bytes OutputBuffer(int64_t vocabulary_size, const Pass& pass);

}  // namespace hwledger
