#include "core/planner/device_presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;
using ::testing::MatchesRegex;

TEST(FindDevicePresetTest, KnowsAGpuWithAllOfItsMemoryFree) {
  const std::optional<Device> device = FindDevicePreset("RTX-4090");

  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->name, "rtx-4090");
  EXPECT_EQ(device->kind, DeviceKind::kGpu);
  EXPECT_EQ(device->free, GiB(24));
  EXPECT_EQ(device->bandwidth_per_second, Bytes(1'008'000'000'000));
  EXPECT_EQ(device->flops_per_second, 165.2e12);
  EXPECT_FALSE(device->unified_memory);
}

TEST(FindDevicePresetTest, KnowsWhatAnIntegratedGpuMayUseOfItsMemory) {
  const std::optional<Device> small = FindDevicePreset("apple-m2-24gb");
  const std::optional<Device> large = FindDevicePreset("apple-m3-max-64gb");

  ASSERT_TRUE(small.has_value());
  EXPECT_EQ(small->kind, DeviceKind::kIntegratedGpu);
  EXPECT_TRUE(small->unified_memory);
  EXPECT_EQ(small->total, GiB(24));
  EXPECT_EQ(small->free, GiB(16));  // Two thirds.
  ASSERT_TRUE(large.has_value());
  EXPECT_EQ(large->free, GiB(48));  // Three quarters.
}

TEST(FindDevicePresetTest, TakesTheFp32RateWhereThereIsNoneFor16Bits) {
  EXPECT_EQ(FindDevicePreset("gtx-1080-ti")->flops_per_second, 11.34e12);
  EXPECT_EQ(FindDevicePreset("rtx-4090-laptop")->flops_per_second,
            std::nullopt);
}

// Makers' data sheets: memory in GiB, GB/s, and dense TFLOP/s in 16 bits.
TEST(FindDevicePresetTest, KnowsWellKnownDevices) {
  const auto expect = [](std::string_view name, int64_t gib, int64_t gigabytes,
                         double teraflops) {
    const std::optional<Device> device = FindDevicePreset(name);
    ASSERT_TRUE(device.has_value()) << name;
    EXPECT_EQ(device->total, GiB(gib)) << name;
    EXPECT_EQ(device->bandwidth_per_second, Bytes(gigabytes * 1'000'000'000))
        << name;
    EXPECT_NEAR(device->flops_per_second.value_or(0) / 1e12, teraflops, 0.05)
        << name;
  };

  expect("rtx-3090", 24, 936, 71.16);
  expect("a100-80gb", 80, 2039, 312);
  expect("h100-sxm", 80, 3350, 989.4);
  expect("mi300x", 192, 5300, 1307.4);
  expect("t4", 16, 320, 65.13);
  expect("apple-m1-max-64gb", 64, 400, 10.4);
}

TEST(FindDevicePresetTest, KnowsNoOtherNames) {
  EXPECT_EQ(FindDevicePreset("rtx-9999"), std::nullopt);
}

TEST(DevicePresetsTest, HaveARateForEachPrecisionThatTheMakerStates) {
  const std::vector<DevicePreset>& presets = DevicePresets();
  const auto found = std::ranges::find(
      presets, "a10", [](const DevicePreset& one) { return one.device.name; });

  ASSERT_NE(found, presets.end());
  EXPECT_EQ(found->fp32_flops_per_second, 31.24e12);
  EXPECT_EQ(found->fp16_flops_per_second, 125e12);
  EXPECT_EQ(found->int8_ops_per_second, 250e12);
  EXPECT_EQ(found->fp8_flops_per_second, std::nullopt);
  EXPECT_EQ(found->device.flops_per_second, 125e12);
  EXPECT_EQ(found->sources.size(), 2U);
}

TEST(DevicePresetNamesTest, AreSortedAndCanBeFound) {
  const std::vector<std::string> names = DevicePresetNames();

  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) {
    EXPECT_TRUE(FindDevicePreset(name).has_value()) << name;
  }
}

nlohmann::json PresetsFile() {
  std::ifstream file(HWLEDGER_DEVICE_PRESETS);
  return nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
}

TEST(DevicePresetsFileTest, NamesManyDevicesOnceEach) {
  const nlohmann::json presets = PresetsFile();
  std::set<std::string> names;
  for (const nlohmann::json& preset : presets) {
    const std::string name = preset["name"];
    EXPECT_THAT(name, MatchesRegex("[a-z0-9]+(-[a-z0-9]+)*"));
    EXPECT_TRUE(names.insert(name).second) << name;
  }

  EXPECT_GE(names.size(), 70U);
}

TEST(DevicePresetsFileTest, HasFieldsThatAreKnownWithSourcesForThem) {
  const std::set<std::string> fields = {
      "name",           "description", "kind",        "memory_gib",
      "gpu_memory_mib", "sources",     "fp32_tflops", "bandwidth_gb_per_second",
      "fp16_tflops",    "int8_tops",   "fp8_tflops"};
  for (const nlohmann::json& preset : PresetsFile()) {
    SCOPED_TRACE(preset["name"]);
    for (const auto& field : preset.items()) {
      EXPECT_TRUE(fields.contains(field.key())) << field.key();
    }
    EXPECT_FALSE(preset["description"].get<std::string>().empty());
    ASSERT_FALSE(preset["sources"].empty());
    for (const std::string source : preset["sources"]) {
      EXPECT_TRUE(source.starts_with("http")) << source;
    }
  }
}

// A GPU of 2015 to the largest of 2026, with a margin.
TEST(DevicePresetsFileTest, HasPlausibleFigures) {
  for (const nlohmann::json& preset : PresetsFile()) {
    SCOPED_TRACE(preset["name"]);
    const double gib = preset["memory_gib"];
    const double bandwidth = preset["bandwidth_gb_per_second"];
    const double fp32 = preset.value("fp32_tflops", 1.0);
    const double fp16 = preset.value("fp16_tflops", fp32);
    const std::string kind = preset["kind"];

    EXPECT_TRUE(kind == "gpu" || kind == "integrated");
    EXPECT_THAT(gib, AllOf(Ge(3), Le(512)));
    EXPECT_THAT(bandwidth, AllOf(Ge(50), Le(10'000)));
    EXPECT_THAT(fp32, AllOf(Ge(1), Le(200)));
    EXPECT_THAT(fp16, AllOf(Ge(fp32), Le(3000)));
    EXPECT_THAT(preset.value("int8_tops", fp16), AllOf(Ge(fp16), Le(6000)));
    EXPECT_THAT(preset.value("fp8_tflops", fp16), AllOf(Ge(fp16), Le(6000)));
    EXPECT_LE(preset.value("gpu_memory_mib", 0.0), gib * 1024);
    EXPECT_EQ(preset.contains("gpu_memory_mib"),
              preset["name"].get<std::string>().starts_with("apple-") ||
                  preset["name"].get<std::string>().starts_with("ryzen-"));
  }
}

}  // namespace
}  // namespace hwledger
