#include "core/planner/device_presets.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "boost/asio/io_context.hpp"
#include "server/hardware_service.h"

namespace hwledger {
namespace {

TEST(ListDevicePresetsTest, TellsWhatIsKnownOfEach) {
  Hardware hardware([](DeviceRates) { return std::vector<Device>(); });
  boost::asio::io_context workers;
  HardwareService service(hardware, workers.get_executor());
  const v1::ListDevicePresetsRequest request;
  v1::ListDevicePresetsResponse response;

  ASSERT_TRUE(service.ListDevicePresets(nullptr, &request, &response).ok());

  ASSERT_EQ(response.presets_size(), std::ssize(DevicePresets()));
  const v1::DevicePreset& a10 = response.presets(0);
  EXPECT_EQ(a10.name(), "a10");
  EXPECT_EQ(a10.description(), "NVIDIA A10");
  EXPECT_EQ(a10.kind(), v1::DEVICE_KIND_GPU);
  EXPECT_EQ(a10.total_bytes(), GiB(24).count());
  EXPECT_EQ(a10.usable_bytes(), GiB(24).count());
  EXPECT_EQ(a10.bandwidth_bytes_per_second(), 600'000'000'000);
  EXPECT_EQ(a10.fp32_flops_per_second(), 31.24e12);
  EXPECT_EQ(a10.fp16_flops_per_second(), 125e12);
  EXPECT_FALSE(a10.has_fp8_flops_per_second());
  EXPECT_EQ(a10.int8_ops_per_second(), 250e12);
  EXPECT_EQ(a10.sources_size(), 2);
}

// Of an integrated one a part is the host's.
TEST(ListDevicePresetsTest, TellsWhatMayBeUsedOfSharedMemory) {
  Hardware hardware([](DeviceRates) { return std::vector<Device>(); });
  boost::asio::io_context workers;
  HardwareService service(hardware, workers.get_executor());
  const v1::ListDevicePresetsRequest request;
  v1::ListDevicePresetsResponse response;
  service.ListDevicePresets(nullptr, &request, &response);

  // Apple's chips keep some of it; others may lend all they have.
  for (const v1::DevicePreset& preset : response.presets()) {
    if (preset.kind() != v1::DEVICE_KIND_INTEGRATED_GPU) continue;
    EXPECT_GT(preset.usable_bytes(), 0) << preset.name();
    EXPECT_LE(preset.usable_bytes(), preset.total_bytes()) << preset.name();
    if (absl::StrContains(preset.name(), "m1-max")) {
      EXPECT_LT(preset.usable_bytes(), preset.total_bytes()) << preset.name();
    }
  }
}

}  // namespace
}  // namespace hwledger
