#include "core/engine/engine_options.h"

#include <array>
#include <limits>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// The types that libllama's own programs offer for a cache.
constexpr std::array<std::string_view, 9> kCacheTypes = {
    "f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"};

constexpr int64_t kInt32Max = std::numeric_limits<int32_t>::max();
constexpr int64_t kThreadsMax = 512;        // GGML_MAX_N_THREADS
constexpr int64_t kMicroBatchMax = 65'536;  // Larger ones gain nothing.
// Cells are numbered by int32, and their number is padded to 256.
constexpr int64_t kCellsMax = kInt32Max - 255;

absl::Status ValidateRange(std::string_view field, int64_t value, int64_t low,
                           int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return FieldError(field, absl::StrFormat("must be between %d and %d; got %d",
                                           low, high, value));
}

absl::Status ValidateCacheType(std::string_view field, std::string_view type) {
  if (FindCacheType(type) != nullptr) return absl::OkStatus();
  return FieldError(field, absl::StrFormat("must be one of %s; got \"%s\"",
                                           absl::StrJoin(kCacheTypes, ", "),
                                           type.substr(0, 64)));
}

}  // namespace

int64_t SequenceLengthMax(int64_t slot_count) { return kCellsMax / slot_count; }

const TensorType* FindCacheType(std::string_view name) {
  // A plan asks dozens of times, and nearly always for names in lower case.
  static const auto types = [] {
    std::array<const TensorType*, kCacheTypes.size()> found = {};
    absl::c_transform(kCacheTypes, found.begin(), [](std::string_view type) {
      return FindTensorType(type);
    });
    return found;
  }();
  auto known = absl::c_find(kCacheTypes, name);
  if (known == kCacheTypes.end()) {
    known = absl::c_find_if(kCacheTypes, [name](std::string_view type) {
      return absl::EqualsIgnoreCase(type, name);
    });
  }
  if (known == kCacheTypes.end()) return nullptr;
  return types[static_cast<size_t>(known - kCacheTypes.begin())];
}

absl::Status Validate(const EngineOptions& options) {
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sequence_length", options.sequence_length, 1, kInt32Max));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("batch_size", options.slot_count, 1, kSlotsMax));
  ABSL_RETURN_IF_ERROR(ValidateRange(
      "micro_batch_size", options.micro_batch_size, 1, kMicroBatchMax));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("gpu_layers", options.gpu_layers, -1, kInt32Max));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("cpu_moe_layers", options.cpu_moe_layers, 0, kInt32Max));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("thread_count", options.thread_count, 1, kThreadsMax));
  ABSL_RETURN_IF_ERROR(
      ValidateCacheType("kv_cache_type_k", options.kv_cache_type_k));
  ABSL_RETURN_IF_ERROR(
      ValidateCacheType("kv_cache_type_v", options.kv_cache_type_v));
  if (options.split_mode == SplitMode::kRow) {
    return FieldError("split_mode",
                      "cannot be ROW, which no back-end of the engine offers "
                      "any more; TENSOR has taken its place");
  }
  if (options.sequence_length > SequenceLengthMax(options.slot_count)) {
    return FieldError(
        "sequence_length",
        absl::StrFormat("times batch_size must be at most %d; got %d times %d",
                        kCellsMax, options.sequence_length,
                        options.slot_count));
  }
  if (options.flash_attention == FlashAttention::kOff &&
      FindCacheType(options.kv_cache_type_v)->block_elements > 1) {
    return FieldError(
        "kv_cache_type_v",
        absl::StrFormat("needs flash attention where it is a quantized type; "
                        "got \"%s\" without it",
                        options.kv_cache_type_v));
  }
  return absl::OkStatus();
}

}  // namespace hwledger
