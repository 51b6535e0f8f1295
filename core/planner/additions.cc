#include "core/planner/additions.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/planner/planner.h"

namespace hwledger {
namespace {

constexpr int64_t kDraftedTokens = 3;

// What is wrong with the draft's cache; all else it shares with the model.
absl::Status OfDraft(const absl::Status& status) {
  const std::optional<std::string> field = FieldOf(status);
  if (!field) return status;
  return FieldError(absl::StrCat("draft_", *field),
                    status.message().substr(field->size() + 1));
}

}  // namespace

EngineOptions OptionsBeside(const Additions& additions, EngineOptions options) {
  if (additions.draft && options.outputs_per_slot == 1) {
    options.outputs_per_slot = 1 + kDraftedTokens;
  }
  return options;
}

EngineOptions DraftOptions(const DraftAddition& draft, EngineOptions options) {
  options.outputs_per_slot = 1;
  options.kv_cache_type_k = draft.kv_cache_type_k;
  options.kv_cache_type_v = draft.kv_cache_type_v;
  options.gpu_layers = -1;
  options.cpu_moe_layers = 0;
  return options;
}

absl::StatusOr<Projector> ProjectorOf(const GgufHeader& header) {
  const std::string architecture =
      header.Text("general.architecture").value_or("");
  if (architecture != "clip") {
    return absl::InvalidArgumentError(
        absl::StrCat("not a projector, whose architecture is \"clip\"; got \"",
                     architecture, "\""));
  }
  Projector projector;
  for (const GgufTensor& tensor : header.tensors) {
    projector.weights += tensor.size();
  }
  return projector;
}

absl::Status ValidateAdditions(const Additions& additions,
                               const EngineOptions& options) {
  // How the engine divides what it adds to a divided model is not known.
  if (options.split_mode == SplitMode::kTensor &&
      (additions.draft || !additions.adapters.empty())) {
    return FieldError("split_mode",
                      "cannot be TENSOR beside a draft or a LoRA adapter");
  }
  if (!additions.draft) return absl::OkStatus();
  const DraftAddition& draft = *additions.draft;
  return OfDraft(ValidateFor(*draft.shape, DraftOptions(draft, options)));
}

}  // namespace hwledger
