#include "core/method_refusal.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

std::string_view NameOf(Runtime runtime) {
  switch (runtime) {
    case Runtime::kLlamaCpp:
      return "LLAMA_CPP";
    case Runtime::kVllm:
      return "VLLM";
    case Runtime::kTransformers:
      return "TRANSFORMERS";
    case Runtime::kMlx:
      return "MLX";
  }
  return "another";
}

}  // namespace

absl::Status ValidateFormulas(const EstimateRequest& request) {
  if (request.runtime) {
    return FieldError(
        "runtime", absl::StrCat("must be LLAMA_CPP where settings are tried; "
                                "got ",
                                NameOf(request.runtime->runtime)));
  }
  if (request.method != PredictionMethod::kDryRun) return absl::OkStatus();
  return FieldError("method",
                    "must be ANALYTIC where many settings are tried; got "
                    "DRY_RUN");
}

absl::Status DryRunRefusal(const KnownModel& model,
                           const EstimateRequest& request) {
  if (model.file.empty()) {
    return FieldError("method",
                      absl::StrCat("DRY_RUN needs a model file, which \"",
                                   model.model_id, "\" has not"));
  }
  if (!request.quantization.empty()) {
    return FieldError(
        "method", absl::StrCat("DRY_RUN needs a model file as it is stored; "
                               "got quantization \"",
                               request.quantization, "\""));
  }
  return FieldError(
      "method",
      absl::StrCat("DRY_RUN is of all of this machine's own devices; got \"",
                   absl::StrJoin(request.devices, "\", \"",
                                 [](std::string* out, const auto& device) {
                                   out->append(device.name);
                                 }),
                   "\""));
}

}  // namespace hwledger
