#include "core/planner/device_presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(FindDevicePresetTest, KnowsAGpuWithAllOfItsMemoryFree) {
  const std::optional<Device> device = FindDevicePreset("RTX-4090");

  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->name, "rtx-4090");
  EXPECT_EQ(device->kind, DeviceKind::kGpu);
  EXPECT_EQ(device->free, GiB(24));
  EXPECT_EQ(device->bandwidth_per_second, Bytes(1'008'000'000'000));
}

TEST(FindDevicePresetTest, KnowsNoOtherNames) {
  EXPECT_EQ(FindDevicePreset("rtx-9999"), std::nullopt);
}

TEST(DevicePresetNamesTest, AreSortedAndCanBeFound) {
  const std::vector<std::string> names = DevicePresetNames();

  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) {
    EXPECT_TRUE(FindDevicePreset(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace hwledger
