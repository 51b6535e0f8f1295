#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace hwledger {

// Crashes of one model's process in a row, each within a minute of when it
// could be started again after the one before.
struct CrashStreak {
  int64_t crash_count = 0;
  absl::Time restart_at = absl::InfinitePast();
  absl::Status last_reason;
};

// The streak with one more crash. After the first the process may start again
// at once; after each further one it waits twice as long: one second, two,
// four, at most a minute. Pure.
CrashStreak AfterCrash(const CrashStreak& before, absl::Time crashed_at,
                       absl::Status reason);

// Unavailable: it is too early to start the model again; tells when it is not,
// as a retry delay too, and what happened last.
absl::Status CheckMayRestart(std::string_view model_id,
                             const CrashStreak& streak, absl::Time now);

}  // namespace hwledger
