#include "core/engine/prefill_pace.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int64_t kBatchTokens = 512;

// Batches that take `decode` and, for each token of a prompt, `per_token`.
// Returns what the pace settles at beside a text that goes on.
int64_t SettledTokens(PrefillPace::Duration decode,
                      PrefillPace::Duration per_token,
                      PrefillPace::Duration goal = PrefillPace::kStepGoal) {
  PrefillPace pace(kBatchTokens, goal);
  pace.Observe({.has_running = true}, decode);
  for (int batch = 0; batch < 50; ++batch) {
    const int64_t tokens = pace.PromptTokens(/*has_running=*/true);
    pace.Observe({.has_running = true, .prompt_tokens = tokens},
                 decode + tokens * per_token);
  }
  return pace.PromptTokens(/*has_running=*/true);
}

TEST(PrefillPaceTest, FillsTheBatchWhereNoTextWaits) {
  PrefillPace pace(kBatchTokens);

  EXPECT_EQ(pace.PromptTokens(/*has_running=*/false), kBatchTokens);
}

TEST(PrefillPaceTest, StaysWithinTheGoalBesideATextThatGoesOn) {
  // 20 ms of the 100 are left for the text itself.
  EXPECT_EQ(SettledTokens(milliseconds(20), milliseconds(5)), 16);
}

TEST(PrefillPaceTest, TakesHalfOfTheTimeBesideAnotherModel) {
  // 20 ms of the 50 are left for the text itself.
  EXPECT_EQ(SettledTokens(milliseconds(20), milliseconds(2),
                          PrefillPace::kSharedStepGoal),
            15);
}

TEST(PrefillPaceTest, FillsTheBatchWhereThatTakesLessThanTheGoal) {
  EXPECT_EQ(SettledTokens(milliseconds(1), microseconds(10)), kBatchTokens);
}

TEST(PrefillPaceTest, DoublesTheStepsOfAModelThatIsSlowerThanTheGoal) {
  EXPECT_EQ(SettledTokens(milliseconds(500), milliseconds(20)), 25);
}

TEST(PrefillPaceTest, NeverReadsLessThanAFew) {
  EXPECT_EQ(SettledTokens(milliseconds(50), milliseconds(90)),
            PrefillPace::kTokensMin);
}

TEST(PrefillPaceTest, GrowsByTwoAtMost) {
  PrefillPace pace(kBatchTokens);
  EXPECT_EQ(pace.PromptTokens(true), PrefillPace::kFirstTokens);

  pace.Observe({.has_running = true, .prompt_tokens = 32}, microseconds(1));

  EXPECT_EQ(pace.PromptTokens(true), 64);
}

TEST(PrefillPaceTest, LearnsFromAPromptThatIsReadAlone) {
  PrefillPace pace(kBatchTokens);

  pace.Observe({.prompt_tokens = 512}, milliseconds(5120));

  EXPECT_EQ(pace.PromptTokens(/*has_running=*/true), 10);
}

}  // namespace
}  // namespace hwledger
