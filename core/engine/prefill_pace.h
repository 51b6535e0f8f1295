#pragma once

#include <chrono>
#include <cstdint>

namespace hwledger {

// What one batch was for.
struct BatchLoad {
  bool has_running = false;  // Texts that go on.
  int64_t prompt_tokens = 0;
};

// Says how much of prompts a batch may take in while texts go on, so that none
// of them stalls: as much as computes within the time in which nobody notices a
// pause. It learns from the batches how long that is.
//
// Where a second model reads along, each of the two has a pace of its own and
// half of that time. What the second proposes is not counted: like the step
// itself it is the price of new text.
class PrefillPace {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // Ten tokens a second: faster than one reads.
  static constexpr Duration kStepGoal = std::chrono::milliseconds(100);
  static constexpr Duration kSharedStepGoal = kStepGoal / 2;
  // Where little is known yet; from then on at most twice as many each time.
  static constexpr int64_t kFirstTokens = 32;
  // Fewer would waste the reading of the weights, which one token takes too.
  static constexpr int64_t kTokensMin = 8;

  explicit PrefillPace(int64_t batch_tokens, Duration step_goal = kStepGoal)
      : batch_tokens_(batch_tokens), step_goal_(step_goal) {}

  // Tokens of prompts for the next batch. All that it holds where no text
  // waits.
  int64_t PromptTokens(bool has_running) const;

  // The last batch took so long.
  void Observe(BatchLoad load, Duration time);

 private:
  const int64_t batch_tokens_;
  const Duration step_goal_;
  int64_t tokens_ = kFirstTokens;
  double decode_seconds_ = 0;  // Of a batch without prompts.
  double token_seconds_ = 0;   // What a token of a prompt adds.
};

}  // namespace hwledger
