#include "core/planner/stated_rates.h"

#include <gtest/gtest.h>

#include "core/planner/device_presets.h"

namespace hwledger {
namespace {

std::string NameOfPreset(std::string_view description, Bytes total) {
  const std::optional<Device> preset = FindPresetOfGpu(description, total);
  return preset ? preset->name : "";
}

// As drivers describe them, CUDA's, Vulkan's and Metal's.
TEST(FindPresetOfGpuTest, KnowsWhatDriversCallDevices) {
  EXPECT_EQ(NameOfPreset("NVIDIA H200", MiB(143'771)), "h200");
  EXPECT_EQ(NameOfPreset("NVIDIA H100 80GB HBM3", MiB(81'559)), "h100-sxm");
  EXPECT_EQ(NameOfPreset("NVIDIA H100 PCIe", MiB(81'559)), "h100-pcie");
  EXPECT_EQ(NameOfPreset("NVIDIA A100-SXM4-80GB", MiB(81'920)), "a100-80gb");
  EXPECT_EQ(NameOfPreset("NVIDIA A100-SXM4-40GB", MiB(40'960)), "a100-40gb");
  EXPECT_EQ(NameOfPreset("NVIDIA GeForce RTX 4090", MiB(24'564)), "rtx-4090");
  EXPECT_EQ(NameOfPreset("NVIDIA GeForce RTX 4090 Laptop GPU", MiB(16'376)),
            "rtx-4090-laptop");
  EXPECT_EQ(NameOfPreset("Tesla T4", MiB(15'360)), "t4");
  EXPECT_EQ(NameOfPreset("AMD Radeon RX 7900 XTX (RADV NAVI31)", MiB(24'560)),
            "rx-7900-xtx");
  EXPECT_EQ(NameOfPreset("Intel(R) Arc(TM) A770 Graphics (DG2)", MiB(16'288)),
            "arc-a770");
}

TEST(FindPresetOfGpuTest, KnowsNoOtherDevices) {
  EXPECT_EQ(NameOfPreset("llvmpipe (LLVM 21.1.8, 256 bits)", GiB(24)), "");
  EXPECT_EQ(NameOfPreset("", GiB(24)), "");
  // There is none with so little.
  EXPECT_EQ(NameOfPreset("NVIDIA GeForce RTX 4090", GiB(12)), "");
}

// Some have 300 GB/s, others 400.
TEST(FindPresetOfGpuTest, DoesNotGuessBetweenTwo) {
  EXPECT_EQ(NameOfPreset("Apple M3 Max", GiB(27)), "");
}

TEST(FindPresetOfGpuTest, FindsEveryPresetByItsOwnDescription) {
  for (const DevicePreset& preset : DevicePresets()) {
    const Device& device = preset.device;
    if (device.unified_memory) continue;
    const auto found = FindPresetOfGpu(device.description, device.total);
    ASSERT_TRUE(found.has_value()) << device.name;
    EXPECT_EQ(found->bandwidth_per_second, device.bandwidth_per_second)
        << device.name;
  }
}

TEST(AddStatedRatesTest, KeepsWhatWasMeasured) {
  std::vector<Device> devices = {
      {.name = "CPU"},
      {.name = "Vulkan0", .description = "NVIDIA L4", .kind = DeviceKind::kGpu},
      {.name = "Vulkan1",
       .description = "NVIDIA L4",
       .kind = DeviceKind::kGpu,
       .bandwidth_per_second = Bytes(7)}};

  AddStatedRates(devices);

  EXPECT_EQ(devices[0].bandwidth_per_second, std::nullopt);
  EXPECT_EQ(devices[1].bandwidth_per_second, Bytes(300'000'000'000));
  EXPECT_EQ(devices[1].flops_per_second,
            FindDevicePreset("l4")->flops_per_second);
  EXPECT_EQ(devices[2].bandwidth_per_second, Bytes(7));
}

}  // namespace
}  // namespace hwledger
