#include "core/engine/sampling.h"

#include <limits>
#include <set>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// A repetition is looked for across each of them at every token.
constexpr int64_t kSequenceBreakersMax = 16;
// Longer ones say no more; libllama cuts them.
constexpr int64_t kSequenceBreakerBytesMax = 40;
constexpr int64_t kLogitBiasMax = 1024;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Range {
  double min = 0;
  double max = 0;
};

// NaN is in no range.
absl::Status ValidateRange(std::string_view field, std::optional<double> value,
                           Range range) {
  if (!value || (*value >= range.min && *value <= range.max)) {
    return absl::OkStatus();
  }
  return FieldError(field, absl::StrFormat("must be between %g and %g; got %g",
                                           range.min, range.max, *value));
}

absl::Status ValidateAboveZero(std::string_view field,
                               std::optional<double> value, double max) {
  if (!value || (*value > 0 && *value <= max)) return absl::OkStatus();
  return FieldError(
      field,
      absl::StrFormat("must be above 0 and at most %g; got %g", max, *value));
}

absl::Status ValidateFrom(std::string_view field, std::optional<int64_t> value,
                          int64_t min) {
  if (!value || *value >= min) return absl::OkStatus();
  if (min == 0) {
    return FieldError(field,
                      absl::StrCat("must not be negative; got ", *value));
  }
  return FieldError(
      field, absl::StrFormat("must be at least %d; got %d", min, *value));
}

absl::Status ValidateDry(const Sampling& sampling) {
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.dry_multiplier",
                                     sampling.dry_multiplier, {0, 100}));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sampling.dry_base", sampling.dry_base, {1, 10}));
  ABSL_RETURN_IF_ERROR(ValidateFrom("sampling.dry_allowed_length",
                                    sampling.dry_allowed_length, 0));
  const std::vector<std::string>& breakers = sampling.dry_sequence_breakers;
  if (std::ssize(breakers) > kSequenceBreakersMax) {
    return FieldError("sampling.dry_sequence_breakers",
                      absl::StrFormat("must hold at most %d strings; got %d",
                                      kSequenceBreakersMax, breakers.size()));
  }
  for (size_t i = 0; i < breakers.size(); ++i) {
    const int64_t bytes = std::ssize(breakers[i]);
    if (bytes >= 1 && bytes <= kSequenceBreakerBytesMax) continue;
    return FieldError(absl::StrFormat("sampling.dry_sequence_breakers[%d]", i),
                      absl::StrFormat("must have 1 to %d bytes; got %d",
                                      kSequenceBreakerBytesMax, bytes));
  }
  return absl::OkStatus();
}

absl::Status ValidateLogitBias(const std::vector<LogitBias>& logit_bias) {
  if (std::ssize(logit_bias) > kLogitBiasMax) {
    return FieldError("sampling.logit_bias",
                      absl::StrFormat("must hold at most %d tokens; got %d",
                                      kLogitBiasMax, logit_bias.size()));
  }
  std::set<int64_t> token_ids;
  for (size_t i = 0; i < logit_bias.size(); ++i) {
    const std::string field = absl::StrFormat("sampling.logit_bias[%d]", i);
    const auto& [token_id, bias] = logit_bias[i];
    ABSL_RETURN_IF_ERROR(
        ValidateFrom(absl::StrCat(field, ".token_id"), token_id, 0));
    if (!token_ids.insert(token_id).second) {
      return FieldError(
          absl::StrCat(field, ".token_id"),
          absl::StrCat("must not occur twice in the list; got ", token_id));
    }
    const bool in_range = (bias >= -100 && bias <= 100) || bias == -kInfinity;
    if (!in_range) {
      return FieldError(
          absl::StrCat(field, ".bias"),
          absl::StrFormat("must be between -100 and 100, or -infinity; got %g",
                          bias));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidatePenalties(const Sampling& sampling) {
  ABSL_RETURN_IF_ERROR(ValidateAboveZero("sampling.repetition_penalty",
                                         sampling.repetition_penalty, 10));
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.frequency_penalty",
                                     sampling.frequency_penalty, {-2, 2}));
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.presence_penalty",
                                     sampling.presence_penalty, {-2, 2}));
  return ValidateFrom("sampling.penalty_last_tokens",
                      sampling.penalty_last_tokens, -1);
}

}  // namespace

absl::Status Validate(const Sampling& sampling) {
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sampling.temperature", sampling.temperature, {0, 100}));
  ABSL_RETURN_IF_ERROR(ValidateFrom("sampling.top_k", sampling.top_k, 0));
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.top_p", sampling.top_p, {0, 1}));
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.min_p", sampling.min_p, {0, 1}));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sampling.typical_p", sampling.typical_p, {0, 1}));
  ABSL_RETURN_IF_ERROR(ValidatePenalties(sampling));
  ABSL_RETURN_IF_ERROR(ValidateRange("sampling.xtc_probability",
                                     sampling.xtc_probability, {0, 1}));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sampling.xtc_threshold", sampling.xtc_threshold, {0, 1}));
  ABSL_RETURN_IF_ERROR(ValidateDry(sampling));
  if (sampling.mirostat) {
    ABSL_RETURN_IF_ERROR(ValidateAboveZero("sampling.mirostat.tau",
                                           sampling.mirostat->tau, 100));
    ABSL_RETURN_IF_ERROR(
        ValidateAboveZero("sampling.mirostat.eta", sampling.mirostat->eta, 1));
  }
  return ValidateLogitBias(sampling.logit_bias);
}

bool SamplingValues::has_penalties() const {
  return penalty_last_tokens != 0 &&
         (repetition_penalty != 1 || frequency_penalty != 0 ||
          presence_penalty != 0);
}

bool SamplingValues::has_dry() const {
  return penalty_last_tokens != 0 && dry_multiplier > 0;
}

// Above one half at most one token is likely enough, and one always stays.
bool SamplingValues::has_xtc() const {
  return xtc_probability > 0 && xtc_threshold <= 0.5;
}

SamplingValues Resolve(const Sampling& asked, const Sampling& recommended) {
  SamplingValues values;
  const auto set = [&](auto& value, auto field) {
    value = (asked.*field).value_or((recommended.*field).value_or(value));
  };
  set(values.temperature, &Sampling::temperature);
  set(values.top_k, &Sampling::top_k);
  set(values.top_p, &Sampling::top_p);
  set(values.min_p, &Sampling::min_p);
  set(values.typical_p, &Sampling::typical_p);
  set(values.repetition_penalty, &Sampling::repetition_penalty);
  set(values.frequency_penalty, &Sampling::frequency_penalty);
  set(values.presence_penalty, &Sampling::presence_penalty);
  set(values.xtc_probability, &Sampling::xtc_probability);
  set(values.xtc_threshold, &Sampling::xtc_threshold);
  set(values.dry_multiplier, &Sampling::dry_multiplier);
  set(values.dry_base, &Sampling::dry_base);
  set(values.dry_allowed_length, &Sampling::dry_allowed_length);
  set(values.penalty_last_tokens, &Sampling::penalty_last_tokens);
  values.seed = asked.seed;
  if (!asked.dry_sequence_breakers.empty()) {
    values.dry_sequence_breakers = asked.dry_sequence_breakers;
  }
  for (const auto& mirostat : {recommended.mirostat, asked.mirostat}) {
    if (!mirostat) continue;
    values.mirostat = true;
    values.mirostat_tau = mirostat->tau.value_or(values.mirostat_tau);
    values.mirostat_eta = mirostat->eta.value_or(values.mirostat_eta);
  }
  values.logit_bias = asked.logit_bias;
  return values;
}

}  // namespace hwledger
