#include "core/planner/calibration.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// Below these the time of a step or two decides.
constexpr int64_t kDecodedTokensMin = 16;
constexpr int64_t kComputedTokensMin = 256;

// A bound at a cache that is partly full: time per token grows evenly with it.
double BoundAt(const TokenRate& rate, double fill) {
  const double full = std::clamp(fill, 0.0, 1.0);
  return 1 / ((1 - full) / rate.high + full / rate.low);
}

bool IsKnown(const std::optional<TokenRate>& rate) {
  return rate && rate->low > 0 && rate->high > 0;
}

std::string SettingsKey(const RateClass& one) {
  return absl::StrCat("\n", one.placement, "\n", one.kv_cache_type_k, "\n",
                      one.kv_cache_type_v, "\n",
                      static_cast<int>(one.flash_attention));
}

// A digest has no line feed in it.
std::string ModelKey(const RateClass& one) {
  return absl::StrCat(one.model_digest, SettingsKey(one));
}

std::string KindKey(const RateClass& one) {
  return absl::StrCat("\n", one.architecture, "\n", one.quantization,
                      SettingsKey(one));
}

// Of at least one; the upper one of the two in the middle.
template <typename T>
T MedianOf(std::vector<T>& values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Ratios {
  std::vector<double> decode;
  std::vector<double> prefill;

  void Add(const RateSample& sample) {
    if (sample.decode_ratio) decode.push_back(*sample.decode_ratio);
    if (sample.prefill_ratio) prefill.push_back(*sample.prefill_ratio);
  }
  Calibration Summary() {
    Calibration summary = {.decode_count = std::ssize(decode),
                           .prefill_count = std::ssize(prefill)};
    if (!decode.empty()) summary.decode_ratio = MedianOf(decode);
    if (!prefill.empty()) summary.prefill_ratio = MedianOf(prefill);
    return summary;
  }
};

std::optional<TokenRate> Times(std::optional<TokenRate> rate, double ratio) {
  if (rate) {
    rate->low *= ratio;
    rate->high *= ratio;
  }
  return rate;
}

}  // namespace

RateClass RateClassOf(const std::string& model_digest,
                      const std::string& architecture,
                      const std::string& quantization,
                      const EngineOptions& options,
                      const std::vector<DevicePlan>& shares) {
  return {.model_digest = model_digest,
          .architecture = architecture,
          .quantization = quantization,
          .placement = PlacementOf(shares),
          .kv_cache_type_k = options.kv_cache_type_k,
          .kv_cache_type_v = options.kv_cache_type_v,
          .flash_attention = options.flash_attention};
}

std::string PlacementOf(const std::vector<DevicePlan>& shares) {
  std::string names;
  for (const DevicePlan& share : shares) {
    if (share.layer_count == 0) continue;
    absl::StrAppend(&names, names.empty() ? "" : ",", share.device.name);
  }
  return names;
}

RateSample SampleOf(RateClass rate_class, const GenerationOutcome& outcome,
                    const Throughput& bound, const EngineOptions& options) {
  RateSample sample = {.rate_class = std::move(rate_class)};
  const auto length = static_cast<double>(options.sequence_length);
  const auto prompt = static_cast<double>(outcome.prompt_tokens);
  const auto written = static_cast<double>(outcome.completion_tokens);
  if (outcome.decode_time && IsKnown(bound.decode) &&
      outcome.completion_tokens >= kDecodedTokensMin) {
    const auto rate =
        DecodeRate(outcome.completion_tokens, *outcome.decode_time);
    if (rate) {
      sample.decode_ratio =
          *rate / BoundAt(*bound.decode, (prompt + written / 2) / length);
    }
  }
  const int64_t computed = outcome.prompt_tokens - outcome.cached_prompt_tokens;
  if (outcome.prefill_time && IsKnown(bound.prefill) &&
      computed >= std::min(kComputedTokensMin, options.micro_batch_size)) {
    const auto rate = PrefillRate(computed, *outcome.prefill_time);
    const double middle = prompt - static_cast<double>(computed) / 2;
    if (rate) {
      sample.prefill_ratio = *rate / BoundAt(*bound.prefill, middle / length);
    }
  }
  return sample;
}

Measurements::Measurements(const std::vector<RateSample>& rates,
                           const std::vector<OverheadSample>& overheads) {
  std::map<std::string, Ratios> ratios;
  for (const RateSample& sample : rates) {
    if (!sample.rate_class.model_digest.empty()) {
      ratios[ModelKey(sample.rate_class)].Add(sample);
    }
    ratios[KindKey(sample.rate_class)].Add(sample);
  }
  for (auto& [key, found] : ratios) by_class_[key] = found.Summary();
  std::map<std::string, std::vector<Bytes>> sizes;
  for (const OverheadSample& sample : overheads) {
    sizes[sample.model_digest].push_back(sample.overhead);
  }
  for (auto& [digest, found] : sizes) {
    overhead_by_model_[digest] = {.overhead_count = std::ssize(found),
                                  .overhead = MedianOf(found)};
  }
}

Calibration Measurements::Find(const RateClass& rate_class) const {
  Calibration found;
  auto rates = by_class_.find(ModelKey(rate_class));
  if (rates == by_class_.end()) rates = by_class_.find(KindKey(rate_class));
  if (rates != by_class_.end()) found = rates->second;
  const auto overhead = overhead_by_model_.find(rate_class.model_digest);
  if (overhead != overhead_by_model_.end()) {
    found.overhead_count = overhead->second.overhead_count;
    found.overhead = overhead->second.overhead;
  }
  return found;
}

Throughput Calibrated(const Throughput& bound, const Calibration& calibration) {
  return {.prefill = Times(bound.prefill, calibration.prefill_ratio),
          .decode = Times(bound.decode, calibration.decode_ratio),
          .decode_all = Times(bound.decode_all, calibration.decode_ratio)};
}

}  // namespace hwledger
