#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace hwledger {

struct Mirostat {
  std::optional<double> tau;
  std::optional<double> eta;

  friend bool operator==(const Mirostat&, const Mirostat&) = default;
};

struct LogitBias {
  int64_t token_id = 0;
  double bias = 0;  // -infinity forbids the token.

  friend bool operator==(const LogitBias&, const LogitBias&) = default;
};

// How the next token is chosen, as far as somebody has said so.
struct Sampling {
  std::optional<double> temperature;  // 0: always the likeliest.
  std::optional<int64_t> top_k;       // 0: all.
  std::optional<double> top_p;
  std::optional<double> min_p;
  std::optional<double> typical_p;
  std::optional<double> repetition_penalty;
  std::optional<double> frequency_penalty;
  std::optional<double> presence_penalty;
  std::optional<int64_t> seed;
  std::optional<double> xtc_probability;
  std::optional<double> xtc_threshold;
  std::optional<double> dry_multiplier;
  std::optional<double> dry_base;
  std::optional<int64_t> dry_allowed_length;
  std::vector<std::string> dry_sequence_breakers;  // Empty: not said.
  std::optional<int64_t> penalty_last_tokens;      // -1: all.
  std::optional<Mirostat> mirostat;
  std::vector<LogitBias> logit_bias;

  friend bool operator==(const Sampling&, const Sampling&) = default;
};

// FieldError: a field is out of range. Which tokens there are is for the engine
// to say.
absl::Status Validate(const Sampling& sampling);

// How the next token is chosen. Applied in this order: logit_bias, what
// constrains the text, penalties, DRY, top_k, typical_p, top_p, min_p, XTC,
// temperature; with mirostat: logit_bias, what constrains the text, penalties,
// DRY, temperature, mirostat.
struct SamplingValues {
  double temperature = 0.8;
  int64_t top_k = 40;
  double top_p = 0.95;
  double min_p = 0.05;
  double typical_p = 1;
  double repetition_penalty = 1;
  double frequency_penalty = 0;
  double presence_penalty = 0;
  std::optional<int64_t> seed;  // Absent: a different one each time.
  double xtc_probability = 0;
  double xtc_threshold = 0.1;
  double dry_multiplier = 0;
  double dry_base = 1.75;
  int64_t dry_allowed_length = 2;
  std::vector<std::string> dry_sequence_breakers = {"\n", ":", "\"", "*"};
  int64_t penalty_last_tokens = -1;
  bool mirostat = false;
  double mirostat_tau = 5;
  double mirostat_eta = 0.1;
  std::vector<LogitBias> logit_bias;

  bool greedy() const { return temperature == 0; }
  bool has_penalties() const;
  bool has_dry() const;
  bool has_xtc() const;
};

// What was asked for; where it says nothing, what the model's file recommends;
// else the default.
SamplingValues Resolve(const Sampling& asked, const Sampling& recommended);

}  // namespace hwledger
