#include "server/inference_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/there_and_back.h"

namespace hwledger {
namespace {

TEST(InferenceConvertTest, KeepsADeviceWithAllThatIsKnownAndUnknown) {
  const Device known = {.name = "GPU0",
                        .description = "a maker's name",
                        .kind = DeviceKind::kIntegratedGpu,
                        .total = Bytes(1),
                        .free = Bytes(0),
                        .bandwidth_per_second = Bytes(3),
                        .flops_per_second = 5e9,
                        .quantized_flops_per_second = 6e9,
                        .unified_memory = true,
                        .core_count = 4};
  const Device unknown = {.name = "GPU1", .kind = DeviceKind::kAccelerator};

  EXPECT_EQ(ThereAndBack(known), known);
  EXPECT_EQ(ThereAndBack(unknown), unknown);
}

}  // namespace
}  // namespace hwledger
