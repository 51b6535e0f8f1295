#include "core/engine/engine_devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

TEST(EngineDevicesTest, ListsTheCpuFirstWithAllThatIsKnownOfIt) {
  const std::vector<Device> devices = EngineDevices(DeviceRates::kMeasured);

  ASSERT_THAT(devices, Not(IsEmpty()));
  const Device& cpu = devices[0];
  EXPECT_EQ(cpu.name, "CPU");
  EXPECT_EQ(cpu.kind, DeviceKind::kCpu);
  EXPECT_THAT(cpu.description, Not(IsEmpty()));
  EXPECT_THAT(cpu.total, Optional(Gt(MiB(64))));
  EXPECT_THAT(cpu.core_count, Optional(Gt(0)));
  // Anything that runs this reads a buffer of 256 MiB within seconds, and no
  // memory is as fast as 100 TiB/s.
  EXPECT_THAT(cpu.bandwidth_per_second, Optional(Gt(MiB(50))));
  EXPECT_LT(*cpu.bandwidth_per_second, 100 * GiB(1024));
  // Nor does it multiply a matrix in more than a second, or as fast as 1000
  // GPUs.
  EXPECT_THAT(cpu.flops_per_second, Optional(Gt(1e9)));
  EXPECT_LT(*cpu.flops_per_second, 1e18);
  EXPECT_THAT(cpu.quantized_flops_per_second, Optional(Gt(1e9)));
  EXPECT_LT(*cpu.quantized_flops_per_second, 1e18);
}

TEST(EngineDevicesTest, MeasuresNothingUnlessAskedTo) {
  const std::vector<Device> devices = EngineDevices(DeviceRates::kNotAsked);

  ASSERT_THAT(devices, Not(IsEmpty()));
  EXPECT_EQ(devices[0].bandwidth_per_second, std::nullopt);
  EXPECT_EQ(devices[0].flops_per_second, std::nullopt);
}

}  // namespace
}  // namespace hwledger
