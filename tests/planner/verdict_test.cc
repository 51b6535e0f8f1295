#include "core/planner/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/planner/round_model.h"

// What a plan says of whether a model fits, and how long its sequences can be.
namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(VerdictTest, AModelThatDoesNotFitIsAPlanToo) {
  Device small = kGpu;
  small.free = MiB(300);
  const MemoryPlan plan =
      Plan(Model(), {.sequence_length = 1024}, {kHost, small});

  EXPECT_EQ(plan.devices[1].verdict, Verdict::kDoesNotFit);
  EXPECT_EQ(plan.verdict, Verdict::kDoesNotFit);
  EXPECT_EQ(plan.sequence_length_max, 0);
}

TEST(VerdictTest, IsTightBelowATenthOfFreeMemoryToSpare) {
  Device device = kHost;
  const Bytes needed =
      Plan(Model(), {.sequence_length = 1024}, {device}).devices[0].total();
  device.free = needed;
  EXPECT_EQ(Plan(Model(), {.sequence_length = 1024}, {device}).verdict,
            Verdict::kTight);
  device.free = needed - Bytes(1);
  EXPECT_EQ(Plan(Model(), {.sequence_length = 1024}, {device}).verdict,
            Verdict::kDoesNotFit);
  device.free = Bytes(needed.count() * 10 / 9 + 10);
  EXPECT_EQ(Plan(Model(), {.sequence_length = 1024}, {device}).verdict,
            Verdict::kFits);
}

// The GPU has room of its own, but what it takes is the host's.
TEST(VerdictTest, CountsWhatAnIntegratedGpuTakesFromTheHost) {
  Device integrated = kGpu;
  integrated.kind = DeviceKind::kIntegratedGpu;
  integrated.unified_memory = true;
  Device host = kHost;
  MemoryPlan plan =
      Plan(Model(), {.sequence_length = 1024}, {host, integrated});
  const Bytes needed = plan.devices[0].total() + plan.devices[1].total();

  host.free = needed;
  plan = Plan(Model(), {.sequence_length = 1024}, {host, integrated});
  EXPECT_EQ(plan.verdict, Verdict::kTight);
  EXPECT_GE(plan.sequence_length_max, 1024);
  EXPECT_EQ(SharedMemoryShortage(plan), std::nullopt);

  host.free = needed - Bytes(1);
  plan = Plan(Model(), {.sequence_length = 1024}, {host, integrated});
  EXPECT_EQ(plan.devices[0].verdict, Verdict::kDoesNotFit);
  EXPECT_EQ(plan.devices[1].verdict, Verdict::kFits);
  EXPECT_THAT(SharedMemoryShortage(plan),
              Optional(HasSubstr("The GPU's memory is the CPU's: together")));
  EXPECT_EQ(plan.verdict, Verdict::kDoesNotFit);
  EXPECT_LT(plan.sequence_length_max, 1024);

  integrated.unified_memory = false;
  plan = Plan(Model(), {.sequence_length = 1024}, {host, integrated});
  EXPECT_EQ(plan.verdict, Verdict::kFits);
}

TEST(VerdictTest, HasNoVerdictWhereFreeMemoryIsNotKnown) {
  Device device = kHost;
  device.free.reset();

  EXPECT_EQ(Plan(Model(), {.sequence_length = 1024}, {device}).verdict,
            Verdict::kUnknown);
}

TEST(VerdictTest, FindsTheLongestSequenceThatFits) {
  Device device = kHost;
  device.free = MiB(600);
  const int64_t longest =
      Plan(Model(), {.sequence_length = 1}, {device}).sequence_length_max;

  EXPECT_GT(longest, 0);
  EXPECT_LT(longest, 32768);
  EXPECT_NE(Plan(Model(), {.sequence_length = longest}, {device}).verdict,
            Verdict::kDoesNotFit);
  EXPECT_EQ(Plan(Model(), {.sequence_length = longest + 1}, {device}).verdict,
            Verdict::kDoesNotFit);
}

TEST(VerdictTest, NeverRecommendsMoreThanTheModelWasTrainedFor) {
  EXPECT_EQ(Plan(Model(), {.sequence_length = 1}, {kHost}).sequence_length_max,
            32768);
}

TEST(VerdictTest, WarnsBeyondWhatTheModelWasTrainedFor) {
  EXPECT_THAT(Plan(Model(), {.sequence_length = 32768}, {kHost}).warnings,
              IsEmpty());
  EXPECT_THAT(Plan(Model(), {.sequence_length = 32769}, {kHost}).warnings,
              ElementsAre(HasSubstr("32768")));
}

}  // namespace
}  // namespace hwledger
