#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/device.h"
#include "core/model/model_shape.h"
#include "core/model/weight_precision.h"
#include "core/planner/planner.h"
#include "core/planner/runtime.h"
#include "core/planner/vllm_cache.h"

namespace hwledger {

// A number known between two bounds, as MemoryRange. `low` is what fits surely.
struct CountRange {
  double low = 0;
  double expected = 0;
  double high = 0;
};

// What a vLLM server does with one of its devices, which are all alike. It
// takes its share whatever the load: what the rest leaves of it is the KV
// cache.
struct VllmMemory {
  Bytes share;           // --gpu-memory-utilization of the device.
  RuntimeMemory memory;  // The parts of the share, the KV cache last.
  // The share, or what it would have to be for the parts but the cache.
  MemoryRange total;
  // Beside the share: the CUDA context.
  MemoryRange beside;
  VllmCache cache;
  CountRange tokens_max;     // That the cache holds.
  CountRange sequences_max;  // Of the greatest length, at once.
  // Whether the asked sequences fit: surely, by the expected figures, or not.
  // Also not where less than the share is free, since vLLM refuses to start.
  Verdict verdict = Verdict::kUnknown;
};

// The default of `vllm serve` for --max-num-batched-tokens
// (vllm/engine/arg_utils.py: get_batch_defaults): 8192 on a device of at least
// 70 GiB that is no A100, else 2048.
int64_t VllmBatchTokens(const Device& device);

// Whether `options` can be had of vLLM with `model`, on devices like `device`.
// FieldError: as VllmMemoryOf.
absl::Status ValidateVllm(const ModelShape& model, const VllmOptions& options,
                          const Device& device);

// Plans one of `options.tensor_parallel_size` devices like `device`. Exact are
// the weights, within 1 % (vLLM repacks some), and the layout of the cache;
// estimated are the peak of activations, CUDA graphs, and what is allocated
// outside of PyTorch, with bounds from logs of vLLM 0.8 to 0.31. On devices
// that are not NVIDIA's the last two are less certain still.
//
// FieldError: an option is out of range; the device's memory is not known.
absl::StatusOr<VllmMemory> VllmMemoryOf(const ModelShape& model,
                                        const FormattedWeights& weights,
                                        VllmOptions options,
                                        const Device& device);

// Of that, for tests and for who wants to know why.

// Weights of one device: matrices are split, the rest is on each; and the table
// of rotations, a row of one head per position in 16 bits
// (vllm/model_executor/layers/rotary_embedding/base.py: cos_sin_cache).
Bytes VllmWeights(const ModelShape& model, const FormattedWeights& weights,
                  int64_t tensor_parallel_size);

// The most that the profiling run allocates
// (vllm/v1/worker/gpu_model_runner.py: profile_run), the larger of
// - a layer with a full batch, in 16 bits: residual and normed input, and the
//   gate, up and product of the feed-forward part or queries, keys and values;
// - the sampler with `sequence_slots` rows of logits: 10 bytes each (16 bits,
//   32 bits and probabilities), 41 where PyTorch sorts them for want of
//   FlashInfer (measured: 1.26 GiB for 256 x 128256, vLLM pull request 10511).
// Bounds: 30 % less; 30 % more, or the sorting sampler.
MemoryRange VllmActivations(const ModelShape& model, const VllmOptions& options,
                            int64_t sequence_slots);

}  // namespace hwledger
