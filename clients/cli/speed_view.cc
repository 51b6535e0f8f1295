#include "clients/cli/speed_view.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/units.h"

namespace hwledger {
namespace {

bool IsUseful(const v1::MemoryPrediction& prediction) {
  return prediction.throughput().has_decode() &&
         prediction.verdict() != v1::VERDICT_DOES_NOT_FIT;
}

std::string RangeText(const v1::TokenRate& rate) {
  return FormatRateRange(rate.low_tokens_per_second(),
                         rate.high_tokens_per_second());
}

// What is no more than a bound says so.
std::string CellText(const v1::Throughput& throughput,
                     const v1::TokenRate& rate) {
  const bool is_measured = throughput.calibration().decode_count() > 0;
  return absl::StrCat(is_measured ? "" : "≤ ", RangeText(rate));
}

std::string RateWords(const v1::TokenRate& rate, std::string_view whose) {
  return absl::StrCat(RangeText(rate), " tokens/s", whose,
                      " (limit: ", BindingTermWord(rate.binding_term()), ")");
}

// "calibrated by 12 generations on this machine"
std::string MeasuredWords(const v1::Calibration& calibration) {
  const int32_t count =
      std::max(calibration.decode_count(), calibration.prefill_count());
  return absl::StrCat("calibrated by ", count,
                      count == 1 ? " generation" : " generations",
                      " on this machine");
}

}  // namespace

std::string RateText(const v1::MemoryPrediction& prediction) {
  if (!IsUseful(prediction)) return std::string(kUnknown);
  return CellText(prediction.throughput(), prediction.throughput().decode());
}

std::string RateOfAllText(const v1::MemoryPrediction& prediction) {
  const v1::Throughput& throughput = prediction.throughput();
  if (!IsUseful(prediction) || !throughput.has_decode_all()) {
    return std::string(kUnknown);
  }
  return CellText(throughput, throughput.decode_all());
}

std::string SpeedSentence(const v1::MemoryPrediction& prediction) {
  if (prediction.has_total_range()) {
    return "Its speed is not predicted: that is known of llama.cpp alone.";
  }
  if (!IsUseful(prediction)) return "";
  const v1::Throughput& throughput = prediction.throughput();
  const bool is_measured = throughput.has_calibration();
  std::string sentence = is_measured ? "It writes " : "At best it writes ";
  if (throughput.has_decode_all()) {
    absl::StrAppend(
        &sentence, RateWords(throughput.decode(), " of one sequence alone"),
        ", ", RateWords(throughput.decode_all(), " of all together"));
  } else {
    sentence += RateWords(throughput.decode(), "");
  }
  if (throughput.has_prefill()) {
    absl::StrAppend(&sentence, " and reads ",
                    RateWords(throughput.prefill(), ""));
  }
  if (is_measured) {
    absl::StrAppend(&sentence, "; ", MeasuredWords(throughput.calibration()));
  }
  return sentence + ".";
}

}  // namespace hwledger
