#include "clients/cli/speed_view.h"

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

std::string RateWords(const v1::TokenRate& rate, std::string_view whose) {
  return absl::StrCat(RangeText(rate), " tokens/s", whose,
                      " (limit: ", BindingTermWord(rate.binding_term()), ")");
}

}  // namespace

std::string RateText(const v1::MemoryPrediction& prediction) {
  if (!IsUseful(prediction)) return std::string(kUnknown);
  return RangeText(prediction.throughput().decode());
}

std::string RateOfAllText(const v1::MemoryPrediction& prediction) {
  const bool is_known =
      IsUseful(prediction) && prediction.throughput().has_decode_all();
  return is_known ? RangeText(prediction.throughput().decode_all())
                  : std::string(kUnknown);
}

std::string SpeedSentence(const v1::MemoryPrediction& prediction) {
  if (!IsUseful(prediction)) return "";
  const v1::Throughput& throughput = prediction.throughput();
  std::string sentence = "At best it writes ";
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
  return sentence + ".";
}

}  // namespace hwledger
