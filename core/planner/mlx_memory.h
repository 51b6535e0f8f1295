#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/model/weight_precision.h"
#include "core/planner/runtime.h"

namespace hwledger {

struct MlxOptions {
  RuntimeLoad load;
  // --kv-bits; 0: keys and values as the model has them, in 16 bits.
  int64_t kv_bits = 0;
  int64_t kv_group_elements = 64;  // --kv-group-size
  int64_t prompt_step = 2048;      // --prefill-step-size
};

// What mlx-lm 0.32 takes of the memory that an Apple processor and its graphics
// share. Exact are the weights and the cache; estimated are the activations (50
// % less, 100 % more: MLX evaluates lazily and fuses what it can) and the
// buffers that it keeps for reuse. The process itself comes on top.
//
// macOS lets graphics use part of the memory only: MLX's
// max_recommended_working_set_size, which the device alone knows.
//
// FieldError: an option is out of range.
absl::StatusOr<RuntimeMemory> MlxMemoryOf(const ModelShape& model,
                                          const FormattedWeights& weights,
                                          const MlxOptions& options);

// Keys and values of 256 tokens at a time (mlx_lm/models/cache.py: KVCache),
// with a window of that window's tokens at most (RotatingKVCache). Quantized,
// each element takes kv_bits and each group a 16-bit scale and bias
// (QuantizedKVCache); a rotating cache cannot be. Latent attention is cached as
// such (models/deepseek_v3.py), recurrent states in 16 bits (ArraysCache).
Bytes MlxCache(const ModelShape& model, const MlxOptions& options);

// One step of the prompt through the widest layer, and what a rotating cache
// holds beyond its window meanwhile: step - 1 tokens.
MemoryRange MlxActivations(const ModelShape& model, const MlxOptions& options);

}  // namespace hwledger
