#include "core/planner/planner.h"

#include <algorithm>
#include <cassert>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"
#include "core/planner/fit.h"
#include "core/planner/kv_cache.h"
#include "core/planner/placed_set.h"
#include "core/planner/tensor_split.h"
#include "core/planner/throughput.h"
#include "core/planner/verdict.h"

namespace hwledger {
namespace {

// A row of one head is quantized block by block.
absl::Status ValidateCacheRows(std::string_view field, const TensorType& type,
                               int64_t head_elements) {
  if (head_elements % type.block_elements == 0) return absl::OkStatus();
  return FieldError(
      field,
      absl::StrFormat("is stored in blocks of %d elements, which do not divide "
                      "the %d of this model's attention heads; got \"%s\"",
                      type.block_elements, head_elements,
                      absl::AsciiStrToLower(type.name)));
}

absl::Status ValidateCache(const ModelShape& model,
                           const EngineOptions& options) {
  const TensorType& key_type = *FindCacheType(options.kv_cache_type_k);
  const TensorType& value_type = *FindCacheType(options.kv_cache_type_v);
  // Those of single elements have any row.
  if (std::max(key_type.block_elements, value_type.block_elements) == 1) {
    return absl::OkStatus();
  }
  for (const Layer& layer : model.layers) {
    const int64_t heads = std::max<int64_t>(layer.widths.query_heads, 1);
    ABSL_RETURN_IF_ERROR(ValidateCacheRows("kv_cache_type_k", key_type,
                                           layer.widths.query / heads));
    ABSL_RETURN_IF_ERROR(ValidateCacheRows("kv_cache_type_v", value_type,
                                           layer.widths.output / heads));
    if (layer.kind == LayerKind::kLatentAttention &&
        key_type.block_elements > 1 &&
        options.flash_attention == FlashAttention::kOff) {
      return FieldError("kv_cache_type_k",
                        absl::StrFormat("needs flash attention where latent "
                                        "attention caches a quantized type; "
                                        "got \"%s\" without it",
                                        options.kv_cache_type_k));
    }
  }
  return absl::OkStatus();
}

std::vector<LayerPlan> PlanLayers(const ModelShape& model,
                                  const PlacedModel& placed,
                                  const CacheLayout& layout) {
  std::vector<LayerPlan> plans;
  plans.reserve(model.layers.size());
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const size_t alike = placed.kinds()[i];
    plans.push_back(
        {.kind = layer.kind,
         .weights = layer.weights,
         .kv_cache = alike < i ? plans[alike].kv_cache : KvCache(layer, layout),
         .device = placed.weights().placement().layers[i]});
  }
  return plans;
}

std::vector<std::string> WarningsFor(const ModelShape& model,
                                     const EngineOptions& options,
                                     const Additions& additions) {
  std::vector<std::string> warnings;
  if (auto warning = LengthWarning(model, options.sequence_length)) {
    warnings.push_back(*std::move(warning));
  }
  const int64_t drafted =
      additions.draft ? additions.draft->shape->context_tokens_max : 0;
  if (drafted > 0 && options.sequence_length > drafted) {
    warnings.push_back(absl::StrFormat(
        "The draft was trained for %d tokens; a sequence of %d is longer.",
        drafted, options.sequence_length));
  }
  return warnings;
}

void CountAdditions(MemoryPlan& plan) {
  for (const AdditionPlan& addition : plan.additions) {
    for (size_t i = 0; i < plan.devices.size(); ++i) {
      plan.devices[i].Add(addition.devices[i]);
    }
  }
}

}  // namespace

void DevicePlan::Add(const DevicePlan& other) {
  weights += other.weights;
  kv_cache += other.kv_cache;
  compute_buffer += other.compute_buffer;
  output_buffer += other.output_buffer;
  backend_context += other.backend_context;
}

void DevicePlan::Subtract(const DevicePlan& other) {
  weights = weights - other.weights;
  kv_cache = kv_cache - other.kv_cache;
  compute_buffer = compute_buffer - other.compute_buffer;
  output_buffer = output_buffer - other.output_buffer;
  backend_context = backend_context - other.backend_context;
}

std::optional<std::string> LengthWarning(const ModelShape& model,
                                         int64_t sequence_length) {
  if (model.context_tokens_max <= 0 ||
      sequence_length <= model.context_tokens_max) {
    return std::nullopt;
  }
  return absl::StrFormat(
      "The model was trained for %d tokens; a sequence of %d is longer.",
      model.context_tokens_max, sequence_length);
}

absl::Status ValidateFor(const ModelShape& model,
                         const EngineOptions& options) {
  ABSL_RETURN_IF_ERROR(Validate(options));
  ABSL_RETURN_IF_ERROR(ValidateTensorSplit(model, options));
  return ValidateCache(model, options);
}

absl::StatusOr<MemoryPlan> PlanMemory(const ModelShape& model,
                                      const EngineOptions& options,
                                      absl::Span<const Device> devices,
                                      const Additions& additions) {
  assert(!devices.empty() && devices.front().kind == DeviceKind::kCpu);
  ABSL_RETURN_IF_ERROR(ValidateFor(model, options));
  ABSL_RETURN_IF_ERROR(ValidateAdditions(additions, options));
  ABSL_RETURN_IF_ERROR(ValidateSharers(options, devices));

  const PlacedSet set(model, options, devices, additions);
  const PlacedModel& placed = set.model();
  const Pass pass = PassOf(OptionsBeside(additions, options));
  MemoryPlan plan = {
      .layers = PlanLayers(model, placed, pass.layout),
      .throughput = ThroughputOf(placed.weights(), options, devices),
      .warnings = WarningsFor(model, options, additions)};
  for (size_t i = 0; i < devices.size(); ++i) {
    DevicePlan& device = plan.devices.emplace_back(placed.Weigh(i, pass));
    device.device = devices[i];
    device.layer_count = placed.weights().share(i).layer_count;
  }
  plan.additions = set.WeighAdditions(options);
  CountAdditions(plan);
  SetVerdicts(plan);
  std::vector<Bytes> needed;
  needed.reserve(plan.devices.size());
  for (const DevicePlan& device : plan.devices) {
    needed.push_back(device.total());
  }
  plan.sequence_length_max = LongestSequence(model, set, options, needed);
  return plan;
}

void ApplyDryRun(absl::Span<const DeviceUse> uses, MemoryPlan& plan) {
  for (DevicePlan& device : plan.devices) {
    const auto use = absl::c_find_if(uses, [&device](const DeviceUse& one) {
      return one.is_host ? device.device.kind == DeviceKind::kCpu
                         : one.name == device.device.name;
    });
    const DeviceUse figures = use == uses.end() ? DeviceUse{} : *use;
    device.weights = figures.weights;
    device.kv_cache = figures.kv_cache;
    device.compute_buffer = figures.compute_buffer;
    device.output_buffer = figures.output_buffer;
  }
  CountAdditions(plan);
  plan.method = PredictionMethod::kDryRun;
  SetVerdicts(plan);
}

}  // namespace hwledger
