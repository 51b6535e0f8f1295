#include "core/engine/prefill_pace.h"

#include <algorithm>

namespace hwledger {
namespace {

double Seconds(PrefillPace::Duration time) {
  return std::chrono::duration<double>(time).count();
}

// Follows a change within a few batches and forgets a single slow one.
void Approach(double measured, double& value) {
  value = value == 0 ? measured : value + 0.3 * (measured - value);
}

}  // namespace

int64_t PrefillPace::PromptTokens(bool has_running) const {
  return has_running ? std::min(tokens_, batch_tokens_) : batch_tokens_;
}

void PrefillPace::Observe(BatchLoad load, Duration time) {
  if (load.prompt_tokens == 0) {
    Approach(Seconds(time), decode_seconds_);
    return;
  }
  const double decode_seconds = load.has_running ? decode_seconds_ : 0;
  const double prompt_seconds = std::max(Seconds(time) - decode_seconds, 1e-9);
  Approach(prompt_seconds / static_cast<double>(load.prompt_tokens),
           token_seconds_);
  // A slow model's text cannot wait for less than another step of its own.
  const double goal =
      std::max(Seconds(step_goal_) - decode_seconds_, decode_seconds_);
  const double affordable =
      std::min(goal / token_seconds_, static_cast<double>(batch_tokens_));
  const int64_t growth_max = load.has_running ? 2 * tokens_ : tokens_;
  tokens_ = std::clamp(static_cast<int64_t>(affordable), kTokensMin,
                       std::max(growth_max, kTokensMin));
}

}  // namespace hwledger
