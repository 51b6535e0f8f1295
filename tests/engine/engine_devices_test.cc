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
  const std::vector<Device> devices = EngineDevices();

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
}

}  // namespace
}  // namespace hwledger
