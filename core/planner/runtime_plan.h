#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/model/weight_precision.h"
#include "core/planner/planner.h"
#include "core/planner/runtime.h"

namespace hwledger {

// What of a plan is asked of a runtime other than llama.cpp.
struct RuntimeOptions {
  Runtime runtime = Runtime::kVllm;
  double memory_utilization = 0.9;  // Of vLLM.
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

// How another runtime would hold `model`: vLLM on all of the GPUs among
// `devices`, in equal parts, the others on the first. Of `options` only the
// length and the number of the sequences count. Pure, as PlanMemory is.
//
// FieldError: an option is out of range; there is no GPU; a device's memory is
// not known. Unimplemented: vLLM has no cache for such layers.
absl::StatusOr<RuntimePlan> PlanRuntime(const ModelShape& model,
                                        const FormattedWeights& weights,
                                        const RuntimeOptions& runtime,
                                        const EngineOptions& options,
                                        absl::Span<const Device> devices);

}  // namespace hwledger
