#include "core/load_request.h"

#include <algorithm>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// A long context is the user's wish; by default memory goes to what chats need.
constexpr int64_t kDefaultSequenceLengthMax = 4096;
constexpr int64_t kDefaultSlotCount = 4;

// From one second, since a client cannot send a request any sooner.
constexpr absl::Duration kIdleTtlMin = absl::Seconds(1);

}  // namespace

absl::Status Validate(const LoadRequest& request) {
  if (!request.idle_ttl || *request.idle_ttl >= kIdleTtlMin) {
    return absl::OkStatus();
  }
  return FieldError(
      "idle_ttl",
      absl::StrCat("must be at least ", absl::FormatDuration(kIdleTtlMin),
                   "; got ", absl::FormatDuration(*request.idle_ttl)));
}

EngineOptions EngineOptionsFor(const LoadRequest& request,
                               const KnownModel& model, int64_t core_count) {
  const int64_t model_max =
      model.shape.ok() ? model.shape->context_tokens_max : 0;
  EngineOptions options;
  options.sequence_length = request.sequence_length.value_or(
      model_max > 0 ? std::min(model_max, kDefaultSequenceLengthMax)
                    : kDefaultSequenceLengthMax);
  options.slot_count = request.slot_count.value_or(kDefaultSlotCount);
  options.kv_cache_type_k =
      request.kv_cache_type_k.value_or(options.kv_cache_type_k);
  options.kv_cache_type_v =
      request.kv_cache_type_v.value_or(options.kv_cache_type_v);
  options.micro_batch_size =
      request.micro_batch_size.value_or(options.micro_batch_size);
  options.gpu_layers = request.gpu_layers.value_or(options.gpu_layers);
  options.flash_attention =
      request.flash_attention.value_or(options.flash_attention);
  options.kv_unified = request.kv_unified.value_or(options.kv_unified);
  options.swa_full = request.swa_full.value_or(options.swa_full);
  options.cpu_moe_layers =
      request.cpu_moe_layers.value_or(options.cpu_moe_layers);
  options.thread_count = request.thread_count.value_or(core_count);
  return options;
}

absl::StatusOr<ServingOptions> ServingOptionsFor(const LoadRequest& request) {
  ServingOptions serving;
  serving.ngram_lookup = request.ngram_lookup.value_or(serving.ngram_lookup);
  serving.draft_tokens_max =
      request.draft_tokens_max.value_or(serving.draft_tokens_max);
  if (request.prefix_cache_bytes) {
    if (*request.prefix_cache_bytes < 0) {
      return FieldError("prefix_cache_bytes",
                        absl::StrCat("must not be negative; got ",
                                     *request.prefix_cache_bytes));
    }
    serving.prefix_cache_max = Bytes(*request.prefix_cache_bytes);
  }
  ABSL_RETURN_IF_ERROR(Validate(serving));
  return serving;
}

}  // namespace hwledger
