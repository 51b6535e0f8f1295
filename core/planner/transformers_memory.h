#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/model/weight_precision.h"
#include "core/planner/runtime.h"

namespace hwledger {

struct TransformersOptions {
  RuntimeLoad load;
  // Read at once, before the answer; 0: all of the sequence.
  int64_t prompt_tokens = 0;
  // attn_implementation="eager": scores are tensors of their own. Otherwise
  // "sdpa", the default.
  bool eager_attention = false;
  // Sequences of unequal lengths need a mask, and with it keys and values of
  // every head.
  bool padded_batch = false;
  // A forward pass gives the logits of the whole prompt; generate() asks for
  // those of the last token only.
  bool logits_of_prompt = false;
};

// What `generate` takes of one CUDA device with the whole model on it. Source
// files are those of transformers 4.57 to 5; nothing is paged or reserved, so
// the figures are those of the longest step.
//
// Exact are the weights and the cache; estimated are the activations (30 %
// less, 50 % more) and what the allocator holds unused. Without the kernels for
// it MXFP4 is unpacked to 16 bits on loading: plan for those then.
//
// FieldError: an option is out of range.
absl::StatusOr<RuntimeMemory> TransformersMemoryOf(
    const ModelShape& model, const FormattedWeights& weights,
    const TransformersOptions& options);

// Keys and values in 16 bits, for each token of each sequence
// (cache_utils.py: DynamicLayer); of a layer with a window only for the last
// window - 1 (DynamicSlidingWindowLayer). Latent attention is not cached as
// such: each head has its key and its value
// (models/deepseek_v3/modular_deepseek_v3.py: DeepseekV3Attention), which here
// are taken to be as long as each other but for the rotated part, as in all
// models published. Recurrent states are in 16 bits.
Bytes TransformersCache(const ModelShape& model, const RuntimeLoad& load);

// The most that one layer has alive, or the logits if they are more, and the
// copy of one layer's cache that appending to it makes (torch.cat).
MemoryRange TransformersActivations(const ModelShape& model,
                                    const TransformersOptions& options);

}  // namespace hwledger
