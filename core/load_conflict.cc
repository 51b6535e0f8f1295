#include "core/load_conflict.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/load_plan.h"
#include "core/load_request.h"

namespace hwledger {
namespace {

std::string Text(int64_t value) { return absl::StrCat(value); }
std::string Text(bool value) { return value ? "true" : "false"; }
std::string Text(const std::string& value) { return value; }
std::string Text(const std::vector<AdapterScale>& value) {
  if (value.empty()) return "none";
  return absl::StrJoin(value, ", ", [](std::string* out, const auto& adapter) {
    absl::StrAppend(out, adapter.path, " x ", adapter.scale);
  });
}
std::string Text(FlashAttention value) {
  switch (value) {
    case FlashAttention::kAuto:
      return "auto";
    case FlashAttention::kOn:
      return "on";
    case FlashAttention::kOff:
      return "off";
  }
  return "";
}

// Of an option that is a text or a list, empty means that it is left open.
template <typename Value>
std::optional<Value> IfAny(const Value& value) {
  if (value.empty()) return std::nullopt;
  return value;
}

template <typename Value>
absl::Status Check(std::string_view option, const std::optional<Value>& asked,
                   const Value& loaded) {
  if (!asked || *asked == loaded) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the model is loaded with ", option, " ", Text(loaded), ", not ",
      Text(*asked), "; unload it first, or leave the option out"));
}

absl::Status CheckEngine(const LoadRequest& asked,
                         const EngineOptions& loaded) {
  ABSL_RETURN_IF_ERROR(
      Check("sequence_length", asked.sequence_length, loaded.sequence_length));
  ABSL_RETURN_IF_ERROR(
      Check("batch_size", asked.slot_count, loaded.slot_count));
  ABSL_RETURN_IF_ERROR(
      Check("kv_cache_type_k", asked.kv_cache_type_k, loaded.kv_cache_type_k));
  ABSL_RETURN_IF_ERROR(
      Check("kv_cache_type_v", asked.kv_cache_type_v, loaded.kv_cache_type_v));
  ABSL_RETURN_IF_ERROR(Check("micro_batch_size", asked.micro_batch_size,
                             loaded.micro_batch_size));
  ABSL_RETURN_IF_ERROR(
      Check("gpu_layers", asked.gpu_layers, loaded.gpu_layers));
  ABSL_RETURN_IF_ERROR(
      Check("thread_count", asked.thread_count, loaded.thread_count));
  ABSL_RETURN_IF_ERROR(
      Check("flash_attention", asked.flash_attention, loaded.flash_attention));
  ABSL_RETURN_IF_ERROR(
      Check("kv_unified", asked.kv_unified, loaded.kv_unified));
  ABSL_RETURN_IF_ERROR(Check("swa_full", asked.swa_full, loaded.swa_full));
  return Check("cpu_moe_layers", asked.cpu_moe_layers, loaded.cpu_moe_layers);
}

absl::Status CheckServing(const LoadRequest& asked,
                          const ServingOptions& loaded) {
  ABSL_RETURN_IF_ERROR(
      Check("ngram_lookup", asked.ngram_lookup, loaded.ngram_lookup));
  ABSL_RETURN_IF_ERROR(Check("draft_tokens_max", asked.draft_tokens_max,
                             loaded.draft_tokens_max));
  return Check("prefix_cache_bytes", asked.prefix_cache_bytes,
               loaded.prefix_cache_max.count());
}

}  // namespace

absl::Status CheckLoadedAs(const LoadRequest& asked, const LoadPlan& plan) {
  ABSL_RETURN_IF_ERROR(CheckEngine(asked, plan.options));
  ABSL_RETURN_IF_ERROR(CheckServing(asked, plan.serving));
  ABSL_RETURN_IF_ERROR(Check("draft_model_id", IfAny(asked.draft_model_id),
                             plan.draft_model_id));
  return Check("lora_adapters", IfAny(asked.lora_adapters), plan.adapters);
}

}  // namespace hwledger
