#include "core/planner/runtime_plan.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"
#include "core/planner/bisection.h"
#include "core/planner/mlx_memory.h"
#include "core/planner/transformers_memory.h"
#include "core/planner/verdict.h"
#include "core/planner/vllm_memory.h"

namespace hwledger {
namespace {

// What one of the devices holds, and whether the sequences find room there.
struct DeviceNeed {
  RuntimeMemory memory;
  MemoryRange total;
  Verdict verdict = Verdict::kUnknown;
};

// Surely, by the expected figures, or not.
Verdict VerdictOf(const MemoryRange& need, const Device& device) {
  if (!device.free) return Verdict::kUnknown;
  if (need.high <= *device.free) return Verdict::kFits;
  return need.expected <= *device.free ? Verdict::kTight : Verdict::kDoesNotFit;
}

absl::StatusOr<DeviceNeed> VllmNeed(const ModelShape& model,
                                    const FormattedWeights& weights,
                                    const VllmOptions& options,
                                    const Device& device) {
  ABSL_ASSIGN_OR_RETURN(VllmMemory vllm,
                        VllmMemoryOf(model, weights, options, device));
  vllm.memory.parts.push_back({RuntimePartKind::kOverhead, "CUDA context",
                               vllm.beside, "logs of vLLM"});
  return DeviceNeed{.memory = std::move(vllm.memory),
                    .total = Exactly(vllm.share) + vllm.beside,
                    .verdict = vllm.verdict};
}

absl::StatusOr<DeviceNeed> NeedOf(const ModelShape& model,
                                  const FormattedWeights& weights,
                                  const RuntimeOptions& runtime,
                                  const RuntimeLoad& load,
                                  absl::Span<const Device* const> gpus) {
  const Device& device = *gpus.front();
  if (runtime.runtime == Runtime::kVllm) {
    return VllmNeed(model, weights,
                    {.sequence_length = load.sequence_length,
                     .sequence_count = load.sequence_count,
                     .tensor_parallel_size = std::ssize(gpus),
                     .memory_utilization = runtime.memory_utilization},
                    device);
  }
  assert(runtime.runtime != Runtime::kLlamaCpp);
  ABSL_ASSIGN_OR_RETURN(
      RuntimeMemory memory,
      runtime.runtime == Runtime::kMlx
          ? MlxMemoryOf(model, weights, {.load = load})
          : TransformersMemoryOf(model, weights, {.load = load}));
  const MemoryRange total = memory.total();
  return DeviceNeed{.memory = std::move(memory),
                    .total = total,
                    .verdict = VerdictOf(total, device)};
}

Bytes& PlaceOf(RuntimePartKind kind, DevicePlan& plan) {
  switch (kind) {
    case RuntimePartKind::kWeights:
      return plan.weights;
    case RuntimePartKind::kKvCache:
      return plan.kv_cache;
    case RuntimePartKind::kActivations:
      return plan.compute_buffer;
    case RuntimePartKind::kOverhead:
      return plan.backend_context;
  }
  return plan.backend_context;
}

// The expected figures, each in the part that it belongs to.
DevicePlan Planned(const DeviceNeed& need, const Device& device) {
  DevicePlan plan = {.device = device, .verdict = need.verdict};
  for (const RuntimePart& part : need.memory.parts) {
    PlaceOf(part.kind, plan) += part.size.expected;
  }
  return plan;
}

absl::StatusOr<std::vector<const Device*>> GpusOf(
    absl::Span<const Device> devices, Runtime runtime) {
  // Only vLLM spreads a model over several.
  const size_t count_max = runtime == Runtime::kVllm ? devices.size() : 1;
  std::vector<const Device*> gpus;
  for (const Device& device : devices) {
    if (IsGpu(device) && gpus.size() < count_max) gpus.push_back(&device);
  }
  if (gpus.empty()) {
    return FieldError("devices", "must have a GPU for this runtime; got none");
  }
  for (const Device* device : gpus) {
    if (device->total == gpus.front()->total) continue;
    return FieldError("devices",
                      absl::StrFormat("must be alike for vLLM, which splits "
                                      "evenly; got \"%s\" beside \"%s\"",
                                      device->name, gpus.front()->name));
  }
  return gpus;
}

}  // namespace

absl::StatusOr<RuntimePlan> PlanRuntime(const ModelShape& model,
                                        const FormattedWeights& weights,
                                        const RuntimeOptions& runtime,
                                        const EngineOptions& options,
                                        absl::Span<const Device> devices) {
  ABSL_RETURN_IF_ERROR(Validate(options));
  ABSL_ASSIGN_OR_RETURN(const std::vector<const Device*> gpus,
                        GpusOf(devices, runtime.runtime));
  const auto need_of = [&](int64_t sequence_length) {
    return NeedOf(model, weights, runtime,
                  {.sequence_length = sequence_length,
                   .sequence_count = options.slot_count},
                  gpus);
  };
  ABSL_ASSIGN_OR_RETURN(const DeviceNeed need,
                        need_of(options.sequence_length));
  RuntimePlan result = {.per_device = need.memory};
  for (const Device* device : gpus) {
    result.plan.devices.push_back(Planned(need, *device));
    result.plan.devices.back().layer_count = std::ssize(model.layers);
    result.total = result.total + need.total;
  }
  result.plan.verdict = need.verdict;
  // Memory never falls as the sequences grow. A length that is refused, where
  // the one asked for is not, is out of range.
  result.plan.sequence_length_max = LargestThatFits(
      std::max<int64_t>(model.context_tokens_max, 1), [&](int64_t tokens) {
        const absl::StatusOr<DeviceNeed> longer = need_of(tokens);
        return longer.ok() && longer->verdict != Verdict::kDoesNotFit;
      });
  return result;
}

}  // namespace hwledger
