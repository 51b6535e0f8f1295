#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/model/weight_precision.h"
#include "core/planner/planner.h"
#include "core/planner/runtime.h"
#include "core/planner/vllm_cache.h"

namespace hwledger {

// What of a plan is asked of a runtime other than llama.cpp.
struct RuntimeOptions {
  Runtime runtime = Runtime::kVllm;
  std::optional<double> memory_utilization;  // Of vLLM; absent: its default.
  // Tokens computed in one pass; 0: as many as the runtime chooses.
  int64_t batch_tokens_max = 0;
  bool fp8_kv_cache = false;  // Of vLLM.
};

// A plan whose figures are the expected ones, and between which bounds they
// lie.
struct RuntimePlan {
  MemoryPlan plan;
  RuntimeMemory per_device;
  // Of all devices. Not the sum of the parts' bounds: what vLLM takes is its
  // share, whatever of it is left for the cache.
  MemoryRange total;
};

// The devices among `devices` that `runtime` would use: all GPUs for vLLM, the
// first for the others. FieldError: there is none; vLLM does not run on one, or
// they are not alike.
absl::StatusOr<std::vector<const Device*>> GpusFor(
    Runtime runtime, absl::Span<const Device> devices);

// How vLLM is set up on so many GPUs.
VllmOptions VllmOptionsOf(const RuntimeOptions& runtime,
                          const EngineOptions& options, int64_t gpu_count);

// How another runtime would hold `model`: vLLM on all of the GPUs among
// `devices`, in equal parts, the others on the first. Of `options` only the
// length and the number of the sequences count: RuntimeSettings has the rest.
// Pure, as PlanMemory is.
//
// FieldError: an option is out of range; there is no GPU; a device's memory is
// not known. Unimplemented: vLLM has no cache for such layers.
absl::StatusOr<RuntimePlan> PlanRuntime(const ModelShape& model,
                                        const FormattedWeights& weights,
                                        const RuntimeOptions& runtime,
                                        const EngineOptions& options,
                                        absl::Span<const Device> devices);

}  // namespace hwledger
