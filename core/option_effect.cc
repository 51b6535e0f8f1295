#include "core/option_effect.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

absl::Status ValidateExpertLayers(int64_t cpu_moe_layers,
                                  const ModelShape& model) {
  if (cpu_moe_layers == 0) return absl::OkStatus();
  const bool has_experts = absl::c_any_of(model.layers, [](const Layer& layer) {
    return layer.expert_weights > Bytes();
  });
  if (has_experts) return absl::OkStatus();
  return FieldError("cpu_moe_layers",
                    absl::StrCat("must be 0 for a model without experts; got ",
                                 cpu_moe_layers));
}

}  // namespace

absl::Status ValidateEffect(const EstimateRequest& request,
                            const Estimate& estimate) {
  // Other runtimes know of no such option; and where only the engine knows the
  // model, nobody knows its experts.
  if (request.runtime || estimate.outline) return absl::OkStatus();
  return ValidateExpertLayers(request.options.cpu_moe_layers, estimate.shape());
}

}  // namespace hwledger
