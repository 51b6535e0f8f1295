#include "core/option_effect.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

absl::Status ValidateGpuLayers(int64_t gpu_layers, const Estimate& estimate) {
  if (gpu_layers <= 0) return absl::OkStatus();
  const bool has_gpu =
      absl::c_any_of(estimate.plan.devices,
                     [](const DevicePlan& plan) { return IsGpu(plan.device); });
  if (!has_gpu) {
    return FieldError(
        "gpu_layers",
        absl::StrCat("must be 0 where there is no GPU; got ", gpu_layers));
  }
  const int64_t most = std::ssize(estimate.shape().layers) + 1;
  if (gpu_layers <= most) return absl::OkStatus();
  return FieldError("gpu_layers",
                    absl::StrCat("must be at most ", most,
                                 ", the layers of this model and its output; "
                                 "got ",
                                 gpu_layers));
}

absl::Status ValidateExpertLayers(int64_t cpu_moe_layers,
                                  const ModelShape& model) {
  if (cpu_moe_layers == 0) return absl::OkStatus();
  const bool has_experts = absl::c_any_of(model.layers, [](const Layer& layer) {
    return layer.expert_weights > Bytes();
  });
  if (!has_experts) {
    return FieldError("cpu_moe_layers",
                      absl::StrCat("must be 0 for a model without experts; "
                                   "got ",
                                   cpu_moe_layers));
  }
  const int64_t most = std::ssize(model.layers);
  if (cpu_moe_layers <= most) return absl::OkStatus();
  return FieldError(
      "cpu_moe_layers",
      absl::StrCat("must be at most ", most, ", the layers of this model; got ",
                   cpu_moe_layers));
}

}  // namespace

absl::Status ValidateEffect(const EstimateRequest& request,
                            const Estimate& estimate) {
  // Other runtimes know of no such options.
  if (request.runtime) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(ValidateGpuLayers(request.options.gpu_layers, estimate));
  // Where only the engine knows the model, nobody knows its experts.
  if (estimate.outline) return absl::OkStatus();
  return ValidateExpertLayers(request.options.cpu_moe_layers, estimate.shape());
}

}  // namespace hwledger
