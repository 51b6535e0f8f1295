#include "core/model_counters.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(ModelCountersTest, CountsHowGenerationsEnded) {
  ModelCounters counters;

  counters.Count(
      {.prompt_tokens = 10, .cached_prompt_tokens = 4, .completion_tokens = 3});
  counters.Count({.code = absl::StatusCode::kCancelled, .prompt_tokens = 5});
  counters.Count({.code = absl::StatusCode::kUnavailable});
  counters.Count({.code = absl::StatusCode::kResourceExhausted});

  EXPECT_EQ(counters.counts(), (ModelCounts{.finished_count = 1,
                                            .cancelled_count = 1,
                                            .failed_count = 2,
                                            .prompt_tokens = 15,
                                            .cached_prompt_tokens = 4,
                                            .completion_tokens = 3}));
}

TEST(ModelCountersTest, AddsUpTimes) {
  ModelCounters counters;
  GenerationOutcome outcome = {.queue_time = absl::Milliseconds(7),
                               .time_to_first_token = absl::Milliseconds(10)};
  outcome.token_times.Add(absl::Milliseconds(2), 5);

  counters.Count(outcome);
  counters.Count({.code = absl::StatusCode::kCancelled});
  counters.Count(outcome);

  const ModelCounts counts = counters.counts();
  EXPECT_EQ(counts.queue_times.sum(), absl::Milliseconds(14));
  EXPECT_EQ(counts.times_to_first_token.sum(), absl::Milliseconds(20));
  EXPECT_EQ(counts.token_times.sum(), absl::Milliseconds(20));
}

TEST(ModelCountersTest, CountsAStartAfterACrashAsARestart) {
  ModelCounters counters;
  counters.ProcessStarts();
  counters.ProcessEnded(/*has_crashed=*/true);
  counters.ProcessStarts();

  EXPECT_EQ(counters.counts().restart_count, 1);
}

TEST(ModelCountersTest, DoesNotCountAStartAfterAnUnload) {
  ModelCounters counters;
  counters.ProcessStarts();
  counters.ProcessEnded(/*has_crashed=*/false);
  counters.ProcessStarts();

  EXPECT_EQ(counters.counts().restart_count, 0);
}

}  // namespace
}  // namespace hwledger
