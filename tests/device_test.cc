#include "core/device.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(DeviceTest, ComputesForItsOwnHostAlone) {
  EXPECT_TRUE(ComputesForHost(DeviceKind::kGpu, "CUDA0"));
  EXPECT_TRUE(ComputesForHost(DeviceKind::kGpu, "Vulkan1"));
  EXPECT_TRUE(ComputesForHost(DeviceKind::kGpu, "ROCm0"));
  EXPECT_FALSE(ComputesForHost(DeviceKind::kGpu, "RPC0[10.0.0.7:50052]"));
  EXPECT_FALSE(ComputesForHost(DeviceKind::kGpu, "MTL0"));
  EXPECT_FALSE(ComputesForHost(DeviceKind::kIntegratedGpu, "Vulkan0"));
  EXPECT_FALSE(ComputesForHost(DeviceKind::kCpu, "CPU"));
}

}  // namespace
}  // namespace hwledger
