#include "core/generation_outcome.h"

#include <variant>

namespace hwledger {
namespace {

std::optional<double> RateOf(int64_t tokens, absl::Duration time) {
  if (tokens <= 0 || time <= absl::ZeroDuration()) return std::nullopt;
  return static_cast<double>(tokens) / absl::ToDoubleSeconds(time);
}

void ObserveEnd(const Completion& completion, GenerationOutcome& outcome) {
  outcome.finish_reason = completion.finish_reason;
  outcome.prompt_tokens = completion.prompt_tokens;
  outcome.cached_prompt_tokens = completion.cached_prompt_tokens;
  outcome.completion_tokens = completion.completion_tokens;
  outcome.draft_tokens = completion.draft_tokens;
  outcome.accepted_draft_tokens = completion.accepted_draft_tokens;
  outcome.queue_time = completion.queue_time;
  outcome.prefill_time = completion.prefill_time;
  outcome.decode_time = completion.decode_time;
  outcome.time_to_first_token = completion.time_to_first_token;
}

}  // namespace

void Observe(const StepEvent& event, GenerationOutcome& outcome) {
  if (const auto* token = std::get_if<Token>(&event.event)) {
    outcome.completion_tokens += token->token_count;
  } else if (const auto* thought = std::get_if<Reasoning>(&event.event)) {
    outcome.completion_tokens += thought->token_count;
  } else if (const auto* prompt = std::get_if<PromptProgress>(&event.event)) {
    outcome.prompt_tokens = prompt->total_tokens;
    outcome.cached_prompt_tokens = prompt->cached_tokens;
  } else if (const auto* last = std::get_if<Completion>(&event.event)) {
    ObserveEnd(*last, outcome);
  }
}

GenerationOutcome OutcomeOf(const Completion& completion) {
  GenerationOutcome outcome;
  ObserveEnd(completion, outcome);
  return outcome;
}

std::optional<double> DecodeRate(int64_t completion_tokens,
                                 absl::Duration decode_time) {
  return RateOf(completion_tokens - 1, decode_time);
}

std::optional<double> PrefillRate(int64_t computed_tokens,
                                  absl::Duration prefill_time) {
  return RateOf(computed_tokens, prefill_time);
}

}  // namespace hwledger
