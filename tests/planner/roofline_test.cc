#include "core/planner/roofline.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(LeastTimeTest, IsThatOfReadingWhereComputingIsFaster) {
  const DeviceWork work = {.bandwidth_per_second = GiB(100),
                           .flops_per_second = 1e12,
                           .read = GiB(4),
                           .flops = {1e9}};

  const std::optional<PassTime> time = LeastTime({&work, 1});

  ASSERT_TRUE(time.has_value());
  EXPECT_DOUBLE_EQ(time->seconds, 0.04);
  EXPECT_EQ(time->binding_term, BindingTerm::kMemoryBandwidth);
}

TEST(LeastTimeTest, IsThatOfComputingWhereReadingIsFaster) {
  const DeviceWork work = {.bandwidth_per_second = GiB(100),
                           .flops_per_second = 1e12,
                           .read = GiB(4),
                           .flops = {1e11}};

  const std::optional<PassTime> time = LeastTime({&work, 1});

  ASSERT_TRUE(time.has_value());
  EXPECT_DOUBLE_EQ(time->seconds, 0.1);
  EXPECT_EQ(time->binding_term, BindingTerm::kCompute);
}

TEST(LeastTimeTest, AddsUpDevicesAndNamesWhatTakesMostOfIt) {
  // 10 ms of reading, then 40 ms of computing.
  const DeviceWork work[] = {{.bandwidth_per_second = GiB(100), .read = GiB(1)},
                             {.bandwidth_per_second = GiB(100),
                              .flops_per_second = 1e12,
                              .read = GiB(2),
                              .flops = {4e10}}};

  const std::optional<PassTime> time = LeastTime(work);

  ASSERT_TRUE(time.has_value());
  EXPECT_DOUBLE_EQ(time->seconds, 0.05);
  EXPECT_EQ(time->binding_term, BindingTerm::kCompute);
}

TEST(LeastTimeTest, ComputesQuantizedMatricesAtTheirOwnRateIfThereIsOne) {
  DeviceWork work = {.bandwidth_per_second = GiB(100),
                     .flops_per_second = 1e12,
                     .read = GiB(1),
                     .flops = {.unquantized = 1e11, .quantized = 4e11}};
  EXPECT_DOUBLE_EQ(LeastTime({&work, 1})->seconds, 0.5);

  work.quantized_flops_per_second = 4e12;
  EXPECT_DOUBLE_EQ(LeastTime({&work, 1})->seconds, 0.2);
}

TEST(LeastTimeTest, TakesAComputeRateThatIsNotKnownForNoLimit) {
  const DeviceWork work = {
      .bandwidth_per_second = GiB(100), .read = GiB(1), .flops = {1e20}};

  EXPECT_DOUBLE_EQ(LeastTime({&work, 1})->seconds, 0.01);
}

TEST(LeastTimeTest, IsUnknownWhereABandwidthIs) {
  const DeviceWork work[] = {{.bandwidth_per_second = GiB(100), .read = GiB(1)},
                             {.read = GiB(2)}};

  EXPECT_FALSE(LeastTime(work).has_value());
}

TEST(LeastTimeTest, IgnoresADeviceWithNothingToDo) {
  const DeviceWork work[] = {{.bandwidth_per_second = GiB(100), .read = GiB(1)},
                             {}};

  EXPECT_DOUBLE_EQ(LeastTime(work)->seconds, 0.01);
}

}  // namespace
}  // namespace hwledger
