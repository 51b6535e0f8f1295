#include "core/planner/throughput.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(DecodeRateTest, IsBandwidthOverWhatEachTokenReads) {
  const DecodeReads reads = {.bandwidth_per_second = GiB(100),
                             .weights = GiB(4),
                             .full_cache = GiB(1)};

  const std::optional<TokenRate> rate = DecodeRate({&reads, 1});

  ASSERT_TRUE(rate.has_value());
  EXPECT_DOUBLE_EQ(rate->high, 25);  // 100 / 4
  EXPECT_DOUBLE_EQ(rate->low, 20);   // 100 / (4 + 1)
}

TEST(DecodeRateTest, AddsUpTheTimesOfDevices) {
  const DecodeReads reads[] = {
      {.bandwidth_per_second = GiB(100), .weights = GiB(1)},
      {.bandwidth_per_second = GiB(50), .weights = GiB(2)}};

  // 10 ms on the first, 40 ms on the second.
  EXPECT_DOUBLE_EQ(DecodeRate(reads)->high, 20);
}

TEST(DecodeRateTest, IsUnknownWhereABandwidthIs) {
  const DecodeReads reads[] = {
      {.bandwidth_per_second = GiB(100), .weights = GiB(1)},
      {.weights = GiB(2)}};

  EXPECT_EQ(DecodeRate(reads), std::nullopt);
}

TEST(DecodeRateTest, IgnoresADeviceThatHoldsNothing) {
  const DecodeReads reads[] = {
      {.bandwidth_per_second = GiB(100), .weights = GiB(1)}, {}};

  EXPECT_DOUBLE_EQ(DecodeRate(reads)->high, 100);
}

}  // namespace
}  // namespace hwledger
