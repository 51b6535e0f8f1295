#include "core/open_generation.h"

#include <algorithm>
#include <variant>

namespace hwledger {

void OpenGeneration::Observe(StepEvent& event, absl::Time now) {
  if (std::holds_alternative<Token>(event.event) ||
      std::holds_alternative<Reasoning>(event.event) ||
      std::holds_alternative<ToolCall>(event.event)) {
    first_token_at_ = std::min(first_token_at_, now);
  }
  if (auto* completion = std::get_if<Completion>(&event.event)) {
    completion->time_to_first_token =
        std::min(first_token_at_, now) - arrived_at_;
    completion->queue_time =
        std::max(absl::ZeroDuration(),
                 completion->time_to_first_token - completion->prefill_time);
  }
  hwledger::Observe(event, outcome_);
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
