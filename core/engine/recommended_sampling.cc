#include "core/engine/recommended_sampling.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "core/engine/model_metadata.h"
#include "llama.h"

namespace hwledger {
namespace {

// Nothing where the file has no such key, or no number there.
std::optional<double> NumberAt(const llama_model* model,
                               llama_model_meta_key key) {
  const char* const name = llama_model_meta_key_str(key);
  double number = 0;
  if (name == nullptr || !absl::SimpleAtod(Metadata(model, name), &number)) {
    return std::nullopt;
  }
  return number;
}

constexpr double kCountMax = 1e9;

// Each field is judged alone: one that is out of range spoils no other.
template <typename T>
void Take(std::optional<double> number, std::optional<T> Sampling::* field,
          Sampling& sampling) {
  const bool in_range =
      number && *number >= -kCountMax && *number <= kCountMax;  // Not NaN.
  if (!in_range) return;
  Sampling alone;
  alone.*field = static_cast<T>(*number);
  if (Validate(alone).ok()) sampling.*field = alone.*field;
}

}  // namespace

Sampling RecommendedSampling(const llama_model* model) {
  Sampling sampling;
  const auto number = [&](llama_model_meta_key key) {
    return NumberAt(model, key);
  };
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_TEMP), &Sampling::temperature,
       sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_TOP_K), &Sampling::top_k, sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_TOP_P), &Sampling::top_p, sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_MIN_P), &Sampling::min_p, sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_XTC_PROBABILITY),
       &Sampling::xtc_probability, sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_XTC_THRESHOLD),
       &Sampling::xtc_threshold, sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_PENALTY_LAST_N),
       &Sampling::penalty_last_tokens, sampling);
  Take(number(LLAMA_MODEL_META_KEY_SAMPLING_PENALTY_REPEAT),
       &Sampling::repetition_penalty, sampling);
  // Mirostat 1 is an older way to the same end.
  if (number(LLAMA_MODEL_META_KEY_SAMPLING_MIROSTAT).value_or(0) != 2) {
    return sampling;
  }
  const Sampling with_mirostat = {
      .mirostat =
          Mirostat{.tau = number(LLAMA_MODEL_META_KEY_SAMPLING_MIROSTAT_TAU),
                   .eta = number(LLAMA_MODEL_META_KEY_SAMPLING_MIROSTAT_ETA)}};
  if (Validate(with_mirostat).ok()) sampling.mirostat = with_mirostat.mirostat;
  return sampling;
}

}  // namespace hwledger
