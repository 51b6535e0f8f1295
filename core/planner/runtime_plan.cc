#include "core/planner/runtime_plan.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
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
                               vllm.beside, "400 to 600 MiB in logs of vLLM"});
  return DeviceNeed{.memory = std::move(vllm.memory),
                    .total = vllm.total + vllm.beside,
                    .verdict = vllm.verdict};
}

MlxOptions MlxOptionsOf(const RuntimeOptions& runtime,
                        const RuntimeLoad& load) {
  MlxOptions options = {.load = load};
  if (runtime.batch_tokens_max > 0) {
    options.prompt_step = runtime.batch_tokens_max;
  }
  return options;
}

absl::StatusOr<DeviceNeed> NeedOf(const ModelShape& model,
                                  const FormattedWeights& weights,
                                  const RuntimeOptions& runtime,
                                  const RuntimeLoad& load,
                                  absl::Span<const Device* const> gpus) {
  const Device& device = *gpus.front();
  if (runtime.runtime == Runtime::kVllm) {
    return VllmNeed(model, weights,
                    VllmOptionsOf(runtime,
                                  {.sequence_length = load.sequence_length,
                                   .slot_count = load.sequence_count},
                                  std::ssize(gpus)),
                    device);
  }
  assert(runtime.runtime != Runtime::kLlamaCpp);
  ABSL_ASSIGN_OR_RETURN(
      RuntimeMemory memory,
      runtime.runtime == Runtime::kMlx
          ? MlxMemoryOf(model, weights, MlxOptionsOf(runtime, load))
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

// vLLM computes with CUDA, ROCm or XPU.
bool IsApple(const Device& device) {
  return absl::StartsWithIgnoreCase(device.description, "apple") ||
         absl::StartsWithIgnoreCase(device.name, "apple");
}

absl::Status ValidateForVllm(absl::Span<const Device* const> gpus) {
  for (const Device* device : gpus) {
    if (IsApple(*device)) {
      return FieldError(
          "devices",
          absl::StrFormat("must not be Apple's for vLLM, which does not run on "
                          "their graphics; got \"%s\"",
                          device->name));
    }
    if (device->total != gpus.front()->total) {
      return FieldError("devices",
                        absl::StrFormat("must be alike for vLLM, which splits "
                                        "evenly; got \"%s\" beside \"%s\"",
                                        device->name, gpus.front()->name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<const Device*>> GpusFor(
    Runtime runtime, absl::Span<const Device> devices) {
  // Only vLLM spreads a model over several.
  const size_t count_max = runtime == Runtime::kVllm ? devices.size() : 1;
  std::vector<const Device*> gpus;
  for (const Device& device : devices) {
    if (IsGpu(device) && gpus.size() < count_max) gpus.push_back(&device);
  }
  if (gpus.empty()) {
    return FieldError("devices", "must have a GPU for this runtime; got none");
  }
  if (runtime == Runtime::kVllm) {
    ABSL_RETURN_IF_ERROR(ValidateForVllm(gpus));
  }
  return gpus;
}

VllmOptions VllmOptionsOf(const RuntimeOptions& runtime,
                          const EngineOptions& options, int64_t gpu_count) {
  VllmOptions vllm = {.sequence_length = options.sequence_length,
                      .sequence_count = options.slot_count,
                      .tensor_parallel_size = gpu_count,
                      .batch_tokens_max = runtime.batch_tokens_max,
                      .fp8_kv_cache = runtime.fp8_kv_cache};
  if (runtime.memory_utilization) {
    vllm.memory_utilization = *runtime.memory_utilization;
  }
  return vllm;
}

absl::StatusOr<RuntimePlan> PlanRuntime(const ModelShape& model,
                                        const FormattedWeights& weights,
                                        const RuntimeOptions& runtime,
                                        const EngineOptions& options,
                                        absl::Span<const Device> devices) {
  ABSL_RETURN_IF_ERROR(Validate(options));
  ABSL_ASSIGN_OR_RETURN(const std::vector<const Device*> gpus,
                        GpusFor(runtime.runtime, devices));
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
  if (auto warning = LengthWarning(model, options.sequence_length)) {
    result.plan.warnings.push_back(*std::move(warning));
  }
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
