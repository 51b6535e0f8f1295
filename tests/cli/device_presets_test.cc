#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DevicePresetsCommandTest : public CommandTest {
 protected:
  DevicePresetsCommandTest() {
    daemon.list_device_presets = [](const auto&, auto* response) {
      v1::DevicePreset& card = *response->add_presets();
      card.set_name("rtx-4090");
      card.set_description("NVIDIA GeForce RTX 4090");
      card.set_kind(v1::DEVICE_KIND_GPU);
      card.set_total_bytes(int64_t{24} << 30);
      card.set_usable_bytes(int64_t{24} << 30);
      card.set_bandwidth_bytes_per_second(1'008'000'000'000);
      card.set_fp16_flops_per_second(165.2e12);
      card.add_sources("https://example.org/card");
      return grpc::Status::OK;
    };
  }
};

TEST_F(DevicePresetsCommandTest,
       AreATableWithTheirSourcesAndWithWhatIsUnknownAsADash) {
  EXPECT_THAT(
      Run({"devices", "--presets"}).output,
      AllOf(
          HasSubstr("Preset      Memory    Usable  Bandwidth  FP32        FP16 "
                    " FP8  INT8  Name                     Source"),
          HasSubstr("rtx-4090  24.0 GiB  24.0 GiB  1.01 TB/s     –  165 TFLOPS"
                    "    –     –  NVIDIA GeForce RTX 4090  "
                    "https://example.org/card")));
}

TEST_F(DevicePresetsCommandTest, TellWhatIsUsableOnANarrowTerminal) {
  EXPECT_THAT(RunInTerminal({"devices", "--presets"}, /*columns=*/60).output,
              AllOf(HasSubstr("Usable"),
                    HasSubstr("no room for: FP32, FP16, FP8, INT8")));
}

TEST_F(DevicePresetsCommandTest, AreWholeInJson) {
  EXPECT_THAT(Run({"devices", "--presets", "--json"}).output,
              AllOf(HasSubstr("\"usable_bytes\":\"25769803776\""),
                    HasSubstr("\"fp16_flops_per_second\":165200000000000"),
                    HasSubstr("https://example.org/card")));
}

}  // namespace
}  // namespace hwledger
