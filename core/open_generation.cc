#include "core/open_generation.h"

#include <algorithm>
#include <variant>

namespace hwledger {

void OpenGeneration::Observe(StepEvent& event, absl::Time now) {
  if (const auto* token = std::get_if<Token>(&event.event)) {
    ObserveTokens(token->token_count, now);
  } else if (const auto* thought = std::get_if<Reasoning>(&event.event)) {
    ObserveTokens(thought->token_count, now);
  } else if (std::holds_alternative<ToolCall>(event.event)) {
    ObserveTokens(0, now);
  } else if (auto* completion = std::get_if<Completion>(&event.event)) {
    completion->time_to_first_token =
        std::min(first_token_at_, now) - arrived_at_;
    // The first text may come long after the first token: some say nothing.
    const absl::Duration prefilled_after =
        std::min(completion->time_to_first_token,
                 now - arrived_at_ - completion->decode_time);
    completion->queue_time = std::max(
        absl::ZeroDuration(), prefilled_after - completion->prefill_time);
  }
  hwledger::Observe(event, outcome_);
}

void OpenGeneration::ObserveTokens(int64_t count, absl::Time now) {
  if (first_token_at_ == absl::InfiniteFuture()) {
    first_token_at_ = now;
  } else if (count > 0) {
    outcome_.token_times.Add((now - last_token_at_) / count, count);
  }
  last_token_at_ = now;
}

GenerationOutcome OpenGeneration::OutcomeAt(absl::Time now,
                                            absl::StatusCode code) const {
  GenerationOutcome outcome = outcome_;
  outcome.code = code;
  outcome.arrived_at = arrived_at_;
  outcome.total_time = now - arrived_at_;
  if (first_token_at_ < absl::InfiniteFuture()) {
    outcome.time_to_first_token = first_token_at_ - arrived_at_;
  }
  return outcome;
}

}  // namespace hwledger
