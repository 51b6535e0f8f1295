#include "core/requested_additions.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"
#include "core/model/gguf.h"

namespace hwledger {
namespace {

// llama-server drafts with no model whose vocabulary differs by more
// (common/speculative.cpp, SPEC_VOCAB_MAX_SIZE_DIFFERENCE).
constexpr int64_t kVocabularyDifferenceMax = 128;

// What went wrong where `field` was looked up: as InvalidArgument about that
// field, else with the field's name in front.
absl::Status InField(std::string_view field, const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) {
    return FieldError(field, absl::StrCat("is wrong: ", status.message()));
  }
  return {status.code(), absl::StrCat(field, ": ", status.message())};
}

// Where both are known.
std::optional<std::string> VocabularyWarning(const KnownModel& draft,
                                             const KnownModel& model) {
  if (!model.shape.ok()) return std::nullopt;
  const std::string none = "none";
  const auto kind_of = [&](const KnownModel& known) {
    return known.header.Text("tokenizer.ggml.model").value_or(none);
  };
  const bool same_kind = kind_of(draft) == kind_of(model) ||
                         kind_of(draft) == none || kind_of(model) == none;
  const int64_t drafted = draft.shape->vocabulary_size;
  const int64_t checked = model.shape->vocabulary_size;
  if (same_kind && std::abs(drafted - checked) <= kVocabularyDifferenceMax) {
    return std::nullopt;
  }
  return absl::StrFormat(
      "llama-server refuses this draft, whose vocabulary is not the model's: "
      "%d tokens (%s) beside %d (%s).",
      drafted, kind_of(draft), checked, kind_of(model));
}

absl::Status FindDraft(const AdditionsRequest& request, const KnownModel& model,
                       ModelStore& models, FoundAdditions& found) {
  const auto draft =
      models.Find(request.draft_model_id, request.draft_quantization);
  if (!draft.ok()) {
    const bool is_quantization = FieldOf(draft.status()) == "quantization";
    return InField(is_quantization ? "draft_quantization" : "draft_model_id",
                   draft.status());
  }
  const KnownModel& known = **draft;
  if (!known.shape.ok()) return InField("draft_model_id", known.shape.status());
  found.additions.draft = {
      .model_id = known.model_id,
      .file = known.file,
      .shape = std::shared_ptr<const ModelShape>(*draft, &*known.shape),
      .kv_cache_type_k = request.draft_kv_cache_type_k.value_or("f16"),
      .kv_cache_type_v = request.draft_kv_cache_type_v.value_or("f16")};
  for (const std::string& warning : known.warnings) {
    found.warnings.push_back(absl::StrCat("Of the draft: ", warning));
  }
  if (auto warning = VocabularyWarning(known, model)) {
    found.warnings.push_back(*std::move(warning));
  }
  return absl::OkStatus();
}

absl::StatusOr<GgufHeader> ReadAddition(std::string_view field,
                                        const std::string& path) {
  if (!absl::StartsWith(path, "/")) {
    return FieldError(
        field, absl::StrCat("must be an absolute path; got \"", path, "\""));
  }
  absl::StatusOr<GgufHeader> header = ReadGguf(path);
  if (!header.ok()) return InField(field, header.status());
  return header;
}

// What is wrong with the file at `path`.
absl::Status OfAddition(std::string_view field, const absl::Status& status,
                        const std::string& path) {
  return InField(
      field, {status.code(), absl::StrCat(status.message(), ": '", path, "'")});
}

absl::Status FindProjector(const std::string& mmproj, ModelStore& models,
                           FoundAdditions& found) {
  std::string path = mmproj;
  if (!absl::StartsWith(mmproj, "/")) {
    const auto model = models.Find(mmproj, "");
    if (!model.ok()) return InField("mmproj", model.status());
    if ((*model)->projector_paths.empty()) {
      return FieldError(
          "mmproj", absl::StrCat("must be a path, or a model with a projector "
                                 "beside it; got \"",
                                 mmproj, "\""));
    }
    path = (*model)->projector_paths.front();
  }
  ABSL_ASSIGN_OR_RETURN(const GgufHeader header, ReadAddition("mmproj", path));
  absl::StatusOr<Projector> projector = ProjectorOf(header);
  if (!projector.ok()) return OfAddition("mmproj", projector.status(), path);
  projector->file = path;
  found.additions.projector = *std::move(projector);
  return absl::OkStatus();
}

absl::Status FindAdapters(const std::vector<std::string>& paths,
                          const KnownModel& model, FoundAdditions& found) {
  const int64_t layer_count = std::ssize(
      model.shape.ok() ? model.shape->layers : OutlineOf(model.header).layers);
  for (size_t i = 0; i < paths.size(); ++i) {
    const std::string field = absl::StrCat("lora_adapters[", i, "]");
    ABSL_ASSIGN_OR_RETURN(const GgufHeader header,
                          ReadAddition(field, paths[i]));
    auto adapter = LoraOf(header, model.header, layer_count);
    if (!adapter.ok()) return OfAddition(field, adapter.status(), paths[i]);
    adapter->file = paths[i];
    found.additions.adapters.push_back(*std::move(adapter));
  }
  return absl::OkStatus();
}

// What is said about a draft needs one.
absl::Status ValidateDraft(const AdditionsRequest& request) {
  if (!request.draft_model_id.empty()) return absl::OkStatus();
  const auto without_draft = [](std::string_view field,
                                std::string_view value) {
    return FieldError(field,
                      absl::StrCat("needs a draft model; got \"", value, "\""));
  };
  if (!request.draft_quantization.empty()) {
    return without_draft("draft_quantization", request.draft_quantization);
  }
  if (request.draft_kv_cache_type_k) {
    return without_draft("draft_kv_cache_type_k",
                         *request.draft_kv_cache_type_k);
  }
  if (request.draft_kv_cache_type_v) {
    return without_draft("draft_kv_cache_type_v",
                         *request.draft_kv_cache_type_v);
  }
  return absl::OkStatus();
}

// What lies beside the model is no part of a prediction unless asked for.
void WarnOfCompanions(const AdditionsRequest& request, const KnownModel& model,
                      std::vector<std::string>& warnings) {
  if (!model.projector_paths.empty() && request.mmproj.empty()) {
    warnings.push_back(
        absl::StrCat("The projector for images or sound is not counted: '",
                     model.projector_paths.front(), "'."));
  }
  if (!model.adapter_paths.empty() && request.lora_adapters.empty()) {
    warnings.push_back(absl::StrCat("The adapter is not counted: '",
                                    model.adapter_paths.front(), "'."));
  }
}

}  // namespace

absl::StatusOr<FoundAdditions> FindAdditions(const AdditionsRequest& request,
                                             const KnownModel& model,
                                             ModelStore& models) {
  ABSL_RETURN_IF_ERROR(ValidateDraft(request));
  FoundAdditions found;
  WarnOfCompanions(request, model, found.warnings);
  if (!request.mmproj.empty()) {
    ABSL_RETURN_IF_ERROR(FindProjector(request.mmproj, models, found));
  }
  ABSL_RETURN_IF_ERROR(FindAdapters(request.lora_adapters, model, found));
  if (!request.draft_model_id.empty()) {
    ABSL_RETURN_IF_ERROR(FindDraft(request, model, models, found));
  }
  return found;
}

}  // namespace hwledger
