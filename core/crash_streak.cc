#include "core/crash_streak.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/retry_delay.h"

namespace hwledger {
namespace {

constexpr absl::Duration kStreakGap = absl::Minutes(1);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kPauseMax = absl::Minutes(1);

absl::Duration PauseAfter(int64_t crash_count) {
  if (crash_count < 2) return absl::ZeroDuration();
  absl::Duration pause = kFirstPause;
  for (int64_t i = 2; i < crash_count && pause < kPauseMax; ++i) pause *= 2;
  return std::min(pause, kPauseMax);
}

}  // namespace

CrashStreak AfterCrash(const CrashStreak& before, absl::Time crashed_at,
                       absl::Status reason) {
  const bool goes_on = crashed_at - before.restart_at < kStreakGap;
  const int64_t crash_count = goes_on ? before.crash_count + 1 : 1;
  return {.crash_count = crash_count,
          .restart_at = crashed_at + PauseAfter(crash_count),
          .last_reason = std::move(reason)};
}

absl::Status CheckMayRestart(std::string_view model_id,
                             const CrashStreak& streak, absl::Time now) {
  const absl::Duration pause = streak.restart_at - now;
  if (pause <= absl::ZeroDuration()) return absl::OkStatus();
  return WithRetryDelay(
      absl::UnavailableError(absl::StrCat(
          model_id, " has crashed ", streak.crash_count,
          " times in a row and is not started again for ",
          absl::FormatDuration(absl::Ceil(pause, absl::Milliseconds(1))),
          "; the last time: ", streak.last_reason.message())),
      pause);
}

}  // namespace hwledger
