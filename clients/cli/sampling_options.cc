#include "clients/cli/sampling_options.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace hwledger {
namespace {

constexpr const char* kGroup = "Sampling";
constexpr const char* kPenaltyGroup = "Repetition";

using Number = std::function<void(const double&)>;
using Count = std::function<void(const int32_t&)>;

void AddNumber(CLI::App& command, const char* group, const char* name,
               const char* description, const Number& set) {
  AddField<double>(command, name, "X", description, set)->group(group);
}

void AddCount(CLI::App& command, const char* group, const char* name,
              const char* description, const Count& set) {
  AddField<int32_t>(command, name, "N", description, set)->group(group);
}

// "15043=-inf". Nothing where it is something else.
std::optional<v1::LogitBias> ParseLogitBias(std::string_view text) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  int32_t token_id = 0;
  double bias = 0;
  if (!absl::SimpleAtoi(parts.first, &token_id) ||
      !absl::SimpleAtod(parts.second, &bias)) {
    return std::nullopt;
  }
  v1::LogitBias logit_bias;
  logit_bias.set_token_id(token_id);
  logit_bias.set_bias(bias);
  return logit_bias;
}

void AddFilters(CLI::App& command, v1::Sampling& sampling) {
  AddNumber(command, kGroup, "--temperature",
            "0: always the likeliest token; default: 0.8",
            [&](const double& x) { sampling.set_temperature(x); });
  AddCount(command, kGroup, "--top-k",
           "Keep the N likeliest tokens; 0: all; default: 40",
           [&](const int32_t& n) { sampling.set_top_k(n); });
  AddNumber(command, kGroup, "--top-p",
            "Keep the likeliest tokens that sum up to X; default: 0.95",
            [&](const double& x) { sampling.set_top_p(x); });
  AddNumber(command, kGroup, "--min-p",
            "Keep tokens at least X as likely as the likeliest; default: 0.05",
            [&](const double& x) { sampling.set_min_p(x); });
  AddNumber(command, kGroup, "--typical-p",
            "Keep tokens about as surprising as expected, up to a sum of X; "
            "default: 1, off",
            [&](const double& x) { sampling.set_typical_p(x); });
  AddNumber(command, kGroup, "--xtc-probability",
            "How often to leave out the likeliest tokens but one (XTC); "
            "default: 0",
            [&](const double& x) { sampling.set_xtc_probability(x); });
  AddNumber(command, kGroup, "--xtc-threshold",
            "XTC leaves out none below this probability; default: 0.1",
            [&](const double& x) { sampling.set_xtc_threshold(x); });
}

void AddMirostat(CLI::App& command, v1::Sampling& sampling) {
  command
      .add_flag_callback(
          "--mirostat", [&] { sampling.mutable_mirostat(); },
          "Mirostat 2 instead of top-k, typical-p, top-p, min-p and XTC")
      ->group(kGroup);
  AddNumber(command, kGroup, "--mirostat-tau",
            "The surprise that it aims at, in bits; default: 5",
            [&](const double& x) { sampling.mutable_mirostat()->set_tau(x); });
  AddNumber(command, kGroup, "--mirostat-eta",
            "How fast it gets there, up to 1; default: 0.1",
            [&](const double& x) { sampling.mutable_mirostat()->set_eta(x); });
}

void AddPenalties(CLI::App& command, v1::Sampling& sampling) {
  AddNumber(command, kPenaltyGroup, "--repetition-penalty",
            "Above 1 makes tokens that occurred less likely; default: 1",
            [&](const double& x) { sampling.set_repetition_penalty(x); });
  AddNumber(command, kPenaltyGroup, "--frequency-penalty",
            "The same, for each time, -2 to 2; default: 0",
            [&](const double& x) { sampling.set_frequency_penalty(x); });
  AddNumber(command, kPenaltyGroup, "--presence-penalty",
            "The same, once, -2 to 2; default: 0",
            [&](const double& x) { sampling.set_presence_penalty(x); });
  AddCount(command, kPenaltyGroup, "--penalty-last-tokens",
           "How far these and DRY look back; default: -1, all",
           [&](const int32_t& n) { sampling.set_penalty_last_tokens(n); });
  AddNumber(command, kPenaltyGroup, "--dry-multiplier",
            "How strongly to avoid repeating a phrase (DRY); 0.8 is usual; "
            "default: 0",
            [&](const double& x) { sampling.set_dry_multiplier(x); });
  AddNumber(command, kPenaltyGroup, "--dry-base",
            "How it grows with the phrase; default: 1.75",
            [&](const double& x) { sampling.set_dry_base(x); });
  AddCount(command, kPenaltyGroup, "--dry-allowed-length",
           "Phrases of up to N tokens may be repeated; default: 2",
           [&](const int32_t& n) { sampling.set_dry_allowed_length(n); });
  AddField<std::vector<std::string>>(
      command, "--dry-breaker", "TEXT",
      "A phrase ends here. May be repeated; default: line break, :, \", *",
      [&](const std::vector<std::string>& texts) {
        sampling.mutable_dry_sequence_breakers()->Assign(texts.begin(),
                                                         texts.end());
      })
      ->group(kPenaltyGroup);
}

}  // namespace

void AddSamplingOptions(CLI::App& command, v1::Sampling& sampling) {
  AddFilters(command, sampling);
  AddMirostat(command, sampling);
  AddField<std::vector<std::string>>(
      command, "--logit-bias", "TOKEN=BIAS",
      "Make a token more or less likely, by -100 to 100, or forbid it "
      "(-inf). May be repeated",
      [&](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          *sampling.add_logit_bias() = *ParseLogitBias(text);
        }
      })
      ->check([](const std::string& text) {
        return ParseLogitBias(text)
                   ? std::string()
                   : "must be TOKEN=BIAS; got \"" + text + "\"";
      })
      ->group(kGroup);
  AddField<int64_t>(command, "--seed", "N",
                    "The same seed gives the same answer; default: random",
                    [&](const int64_t& n) { sampling.set_seed(n); })
      ->group(kGroup);
  AddPenalties(command, sampling);
}

}  // namespace hwledger
