#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/serving_options.h"
#include "core/model/known_model.h"

namespace hwledger {

// A model to load. What is absent is left to the daemon.
struct LoadRequest {
  std::string model_id;
  std::optional<int64_t> sequence_length;  // Else the model's, up to 4096.
  std::optional<int64_t> slot_count;       // Else 4.
  std::optional<std::string> kv_cache_type_k;
  std::optional<std::string> kv_cache_type_v;
  std::optional<int64_t> micro_batch_size;
  std::optional<int64_t> gpu_layers;
  std::optional<int64_t> thread_count;  // Else one per core.
  std::optional<FlashAttention> flash_attention;
  std::optional<bool> kv_unified;
  std::optional<bool> swa_full;
  std::optional<int64_t> cpu_moe_layers;
  std::string draft_model_id;  // Empty: none.
  std::optional<bool> ngram_lookup;
  std::optional<int64_t> draft_tokens_max;
  std::optional<int64_t> prefix_cache_bytes;
  std::vector<AdapterScale> lora_adapters;
  bool force = false;                      // Even where the plan does not fit.
  std::optional<absl::Duration> idle_ttl;  // Else the daemon's.
  std::optional<bool> pinned;              // Else not.
};

// FieldError: idle_ttl. The other fields are checked where they are used.
absl::Status Validate(const LoadRequest& request);

// What `request` asks for, and else what suits `model` on so many cores.
EngineOptions EngineOptionsFor(const LoadRequest& request,
                               const KnownModel& model, int64_t core_count);

// The same of how it serves, but for the path of the draft. FieldError: a value
// out of range.
absl::StatusOr<ServingOptions> ServingOptionsFor(const LoadRequest& request);

}  // namespace hwledger
