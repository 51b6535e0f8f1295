#include "core/runtime_estimate.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"
#include "core/planner/runtime_settings.h"

namespace hwledger {
namespace {

// What runs beside a model in other programs than llama.cpp is not known.
absl::Status ValidateNone(const AdditionsRequest& additions) {
  if (additions.empty()) return absl::OkStatus();
  return FieldError("runtime",
                    "must be LLAMA_CPP where something is loaded beside the "
                    "model");
}

// Of several that were asked for, none is to vanish.
absl::Status ValidateGpuCount(Runtime runtime,
                              const std::vector<Device>& devices) {
  const int64_t gpu_count = absl::c_count_if(devices, IsGpu);
  if (runtime == Runtime::kVllm || gpu_count <= 1) return absl::OkStatus();
  return FieldError("devices",
                    absl::StrFormat("must have one GPU for %s, which does not "
                                    "split a model here; got %d",
                                    NameOf(runtime), gpu_count));
}

// As published, where the runtime has that; else in 16 bits.
WeightFormat DefaultFormat(const KnownModel& model, Runtime runtime) {
  const bool is_loaded =
      model.published && Loads(runtime, model.published->precision);
  return is_loaded ? *model.published : WeightFormat{};
}

// What is to be known of `format`, which nobody asked for.
std::optional<std::string> FormatAssumption(const KnownModel& model,
                                            const WeightFormat& format,
                                            Runtime runtime) {
  const std::string_view name = NameOf(format.precision);
  if (!model.file.empty()) {
    return absl::StrFormat(
        "Planned are the model's weights in %s, as %s would load them from a "
        "repository of it; the GGUF file itself is llama.cpp's.",
        name, NameOf(runtime));
  }
  if (!model.published) {
    return absl::StrFormat(
        "The weights are published in a form that is not known here; planned "
        "are weights in %s.",
        name);
  }
  if (!Loads(runtime, model.published->precision)) {
    return absl::StrFormat(
        "%s has no weights in %s, as which they are published; planned are "
        "weights in %s.",
        NameOf(runtime), NameOf(model.published->precision), name);
  }
  if (runtime == Runtime::kMlx && format.precision == WeightPrecision::k16Bit) {
    return absl::StrFormat(
        "Planned are weights in %s, as published; most repositories for MLX "
        "have them in mlx-4bit or mlx-8bit.",
        name);
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Estimate> EstimateForRuntime(
    const EstimateRequest& request,
    const std::shared_ptr<const KnownModel>& model,
    const std::vector<Device>& devices) {
  ABSL_RETURN_IF_ERROR(ValidateNone(request.additions));
  ABSL_ASSIGN_OR_RETURN(const RuntimeOptions runtime,
                        RuntimeSettings(*request.runtime, request.options));
  if (!request.devices.empty()) {
    ABSL_RETURN_IF_ERROR(ValidateGpuCount(runtime.runtime, devices));
  }
  WeightFormat format = DefaultFormat(*model, runtime.runtime);
  std::optional<std::string> assumption =
      FormatAssumption(*model, format, runtime.runtime);
  if (!request.quantization.empty()) {
    ABSL_ASSIGN_OR_RETURN(
        format, WeightFormatNamed(request.quantization, runtime.runtime));
    assumption.reset();
  }
  ABSL_ASSIGN_OR_RETURN(
      RuntimePlan plan,
      PlanRuntime(*model->shape, WeightsIn(model->header, format), runtime,
                  {.sequence_length = request.options.sequence_length,
                   .slot_count = request.options.slot_count,
                   .micro_batch_size = request.options.micro_batch_size},
                  devices));
  Estimate estimate = {.model = model,
                       .plan = std::move(plan.plan),
                       .format = format,
                       .per_device = std::move(plan.per_device),
                       .total = plan.total};
  if (assumption) estimate.plan.warnings.push_back(*std::move(assumption));
  return estimate;
}

}  // namespace hwledger
