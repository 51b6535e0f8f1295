#include "core/hardware.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::SizeIs;

constexpr Bytes kBandwidth = GiB(20);

// An engine that knows these devices and counts how often it is asked.
struct FakeEngine {
  absl::StatusOr<std::vector<Device>> devices;
  int asked = 0;

  Hardware::AskEngine Ask() {
    return [this] {
      ++asked;
      return devices;
    };
  }
};

TEST(HardwareTest, PutsTheCpuFirstWithItsMemoryAndCores) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CUDA0", .kind = DeviceKind::kGpu, .free = GiB(20)},
      {.name = "CPU", .bandwidth_per_second = kBandwidth}}};
  Hardware hardware(engine.Ask());

  const std::vector<Device> devices = hardware.Snapshot();

  ASSERT_THAT(devices, ElementsAre(Field(&Device::name, "CPU"),
                                   Field(&Device::name, "CUDA0")));
  EXPECT_EQ(devices[0].bandwidth_per_second, kBandwidth);
  EXPECT_GT(devices[0].free, Bytes());
  EXPECT_GE(devices[0].core_count, 1);
}

TEST(HardwareTest, StillKnowsTheCpuWhenTheEngineDoesNotAnswer) {
  FakeEngine engine = {absl::InternalError("died")};
  Hardware hardware(engine.Ask());

  const std::vector<Device> devices = hardware.Snapshot();

  ASSERT_THAT(devices, SizeIs(1));
  EXPECT_EQ(devices[0].kind, DeviceKind::kCpu);
  EXPECT_GT(devices[0].free, Bytes());
}

TEST(HardwareTest, AsksTheEngineOnceWhereThereIsNoGpu) {
  FakeEngine engine = {std::vector<Device>{{.name = "CPU"}}};
  Hardware hardware(engine.Ask());

  hardware.Snapshot();
  hardware.Snapshot();

  EXPECT_EQ(engine.asked, 1);
}

}  // namespace
}  // namespace hwledger
