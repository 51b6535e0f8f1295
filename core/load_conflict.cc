#include "core/load_conflict.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/loaded_models.h"

namespace hwledger {
namespace {

std::string Text(int64_t value) { return absl::StrCat(value); }
std::string Text(bool value) { return value ? "true" : "false"; }
std::string Text(const std::string& value) { return value; }
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

template <typename Value>
absl::Status Check(std::string_view option, const std::optional<Value>& asked,
                   const Value& loaded) {
  if (!asked || Text(*asked) == Text(loaded)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the model is loaded with ", option, " ", Text(loaded), ", not ",
      Text(*asked), "; unload it first, or leave the option out"));
}

}  // namespace

absl::Status CheckLoadedAs(const LoadRequest& asked,
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

}  // namespace hwledger
