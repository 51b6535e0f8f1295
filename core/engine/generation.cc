#include "core/engine/generation.h"

#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// Every token takes a step through each of them.
constexpr int64_t kStopStringsMax = 16;

// NaN is in no range.
absl::Status ValidateRange(std::string_view field, double value, double min,
                           double max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return FieldError(field, absl::StrFormat("must be between %g and %g; got %g",
                                           min, max, value));
}

absl::Status ValidateSampling(const Sampling& sampling) {
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sampling.temperature", sampling.temperature, 0, 100));
  if (sampling.top_k < 0) {
    return FieldError(
        "sampling.top_k",
        absl::StrCat("must not be negative; got ", sampling.top_k));
  }
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.top_p", sampling.top_p, 0, 1));
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.min_p", sampling.min_p, 0, 1));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sampling.typical_p", sampling.typical_p, 0, 1));
  const double repetition = sampling.repetition_penalty;
  const bool in_range = repetition > 0 && repetition <= 10;
  if (!in_range) {
    return FieldError(
        "sampling.repetition_penalty",
        absl::StrCat("must be above 0 and at most 10; got ", repetition));
  }
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.frequency_penalty",
                                     sampling.frequency_penalty, -2, 2));
  return ValidateRange("sampling.presence_penalty", sampling.presence_penalty,
                       -2, 2);
}

absl::Status ValidateStopStrings(const std::vector<std::string>& stop_strings) {
  if (std::ssize(stop_strings) > kStopStringsMax) {
    return FieldError("stop",
                      absl::StrFormat("must hold at most %d strings; got %d",
                                      kStopStringsMax, stop_strings.size()));
  }
  for (size_t i = 0; i < stop_strings.size(); ++i) {
    if (stop_strings[i].empty()) {
      return FieldError(absl::StrFormat("stop[%d]", i), "must not be empty");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const Generation& generation) {
  if (const auto* chat = std::get_if<Chat>(&generation.input)) {
    ABSL_RETURN_IF_ERROR(Validate(*chat));
  }
  if (generation.token_count_max && *generation.token_count_max < 1) {
    return FieldError("max_tokens", absl::StrCat("must be at least 1; got ",
                                                 *generation.token_count_max));
  }
  ABSL_RETURN_IF_ERROR(ValidateStopStrings(generation.stop_strings));
  ABSL_RETURN_IF_ERROR(Validate(generation.lora_adapters));
  return ValidateSampling(generation.sampling);
}

}  // namespace hwledger
