#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/engine/generation.h"
#include "core/engine/link.h"
#include "core/time_histogram.h"

namespace hwledger {

// How one generation went: counts and times, and nothing of its text.
struct GenerationOutcome {
  absl::Time arrived_at;
  absl::Duration total_time;  // From its arrival to its end.
  absl::StatusCode code = absl::StatusCode::kOk;
  FinishReason finish_reason =
      FinishReason::kEndOfText;  // Only where it is OK.
  // Of one that did not end well: as far as it came.
  int64_t prompt_tokens = 0;
  int64_t cached_prompt_tokens = 0;
  int64_t completion_tokens = 0;
  int64_t draft_tokens = 0;
  int64_t accepted_draft_tokens = 0;
  // Absent: it did not come to that.
  std::optional<absl::Duration> queue_time;
  std::optional<absl::Duration> prefill_time;
  std::optional<absl::Duration> decode_time;
  std::optional<absl::Duration> time_to_first_token;
  // From one piece of text to the next, by token.
  TimeHistogram token_times;
  // No other ran or waited meanwhile, so that the times are those of the engine
  // and not of a crowd.
  bool was_alone = true;

  friend bool operator==(const GenerationOutcome&,
                         const GenerationOutcome&) = default;
};

// Takes from one event what counts.
void Observe(const StepEvent& event, GenerationOutcome& outcome);

// The outcome of one that ended well, as far as its last event tells.
GenerationOutcome OutcomeOf(const Completion& completion);

// Tokens per second. The first token comes out of the prompt; the others take a
// step each. Absent: fewer than two tokens.
std::optional<double> DecodeRate(int64_t completion_tokens,
                                 absl::Duration decode_time);

// The same of tokens of the prompt that had to be computed. Absent: none.
std::optional<double> PrefillRate(int64_t computed_tokens,
                                  absl::Duration prefill_time);

}  // namespace hwledger
