#include "core/crash_streak.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/retry_delay.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;

// Seconds from each crash until the process may start again. `gaps`: from when
// it could start until it crashed.
std::vector<int64_t> Pauses(const std::vector<absl::Duration>& gaps) {
  std::vector<int64_t> pauses;
  CrashStreak streak = {.restart_at = absl::UnixEpoch()};
  for (const absl::Duration gap : gaps) {
    const absl::Time crashed_at = streak.restart_at + gap;
    streak = AfterCrash(streak, crashed_at, absl::UnavailableError("killed"));
    pauses.push_back(absl::ToInt64Seconds(streak.restart_at - crashed_at));
  }
  return pauses;
}

TEST(AfterCrashTest, LetsTheFirstStartAgainAtOnce) {
  const CrashStreak streak =
      AfterCrash({}, absl::UnixEpoch(), absl::UnavailableError("killed"));

  EXPECT_EQ(streak.crash_count, 1);
  EXPECT_EQ(streak.restart_at, absl::UnixEpoch());
}

TEST(AfterCrashTest, DoublesThePauseUpToAMinute) {
  EXPECT_THAT(Pauses(std::vector<absl::Duration>(10, absl::Seconds(5))),
              ElementsAre(0, 1, 2, 4, 8, 16, 32, 60, 60, 60));
}

TEST(AfterCrashTest, StaysAtAMinuteHoweverLongTheStreak) {
  EXPECT_EQ(Pauses(std::vector<absl::Duration>(200, absl::Seconds(1))).back(),
            60);
}

TEST(AfterCrashTest, ForgetsAfterAMinuteThatWentWell) {
  EXPECT_THAT(Pauses({absl::Seconds(1), absl::Seconds(59), absl::Seconds(60),
                      absl::Seconds(1)}),
              ElementsAre(0, 1, 0, 1));
}

TEST(CheckMayRestartTest, SaysWhenAndWhatHappened) {
  const CrashStreak streak = {
      .crash_count = 3,
      .restart_at = absl::UnixEpoch() + absl::Seconds(2),
      .last_reason = absl::UnavailableError("killed by signal 6")};

  const absl::Status status =
      CheckMayRestart("demo", streak, absl::UnixEpoch());

  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kUnavailable,
                       "demo has crashed 3 times in a row and is not started "
                       "again for 2s; the last time: killed by signal 6"));
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(2));
  EXPECT_THAT(CheckMayRestart("demo", streak, streak.restart_at), IsOk());
}

}  // namespace
}  // namespace hwledger
