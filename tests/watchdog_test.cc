#include "core/watchdog.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

using enum Watchdog::Finding;

// What the last of `ticks` finds, each answered with a pulse that counts on.
Watchdog::Finding After(Watchdog& watchdog, int ticks, Pulse pulse,
                        int64_t looks_per_tick) {
  Watchdog::Finding finding = kWorks;
  for (int i = 0; i < ticks; ++i) {
    finding = watchdog.Tick();
    pulse.look_count += looks_per_tick;
    watchdog.Hear(pulse);
  }
  return finding;
}

TEST(WatchdogTest, FindsThatAProcessDoesNotAnswer) {
  Watchdog watchdog;

  for (int i = 0; i < Watchdog::kTicksMax; ++i) {
    EXPECT_EQ(watchdog.Tick(), kWorks);
  }

  EXPECT_EQ(watchdog.Tick(), kDoesNotAnswer);
}

TEST(WatchdogTest, ForgivesWhatHasAnsweredAgain) {
  Watchdog watchdog;
  for (int i = 0; i < Watchdog::kTicksMax; ++i) watchdog.Tick();

  watchdog.Hear({});

  EXPECT_EQ(watchdog.Tick(), kWorks);
}

TEST(WatchdogTest, FindsThatAnEngineStandsStill) {
  Watchdog watchdog;
  const Pulse pulse = {.look_count = 7, .is_computing = true};

  EXPECT_EQ(After(watchdog, Watchdog::kTicksMax + 1, pulse, 0), kWorks);
  EXPECT_EQ(After(watchdog, 1, pulse, 0), kDoesNotCompute);
}

TEST(WatchdogTest, LetsAnEngineComputeForAsLongAsItGoesOn) {
  Watchdog watchdog;

  EXPECT_EQ(After(watchdog, 10 * Watchdog::kTicksMax, {.is_computing = true},
                  /*looks_per_tick=*/1),
            kWorks);
}

TEST(WatchdogTest, LetsAnEngineWaitForAsLongAsItHasNothingToDo) {
  Watchdog watchdog;

  EXPECT_EQ(After(watchdog, 10 * Watchdog::kTicksMax, {.is_computing = false},
                  /*looks_per_tick=*/0),
            kWorks);
}

}  // namespace
}  // namespace hwledger
