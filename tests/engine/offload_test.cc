#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/dry_run.h"
#include "core/model/catalogue.h"
#include "core/model/model_shape.h"
#include "core/planner/planner.h"
#include "tests/engine/rpc_gpu.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

std::string TestName(const testing::TestParamInfo<std::string>& model) {
  std::string name = model.param;
  std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
  return name;
}

class OffloadTest : public RpcGpuTest,
                    public testing::WithParamInterface<std::string> {
 protected:
  using Expect = void (*)(const DevicePlan&, const DeviceUse&);

  void ExpectAgreement(const std::vector<EngineOptions>& settings,
                       const std::vector<Expect>& expectations) const {
    const TemporaryFolder folder;
    const std::string path = folder / "model.gguf";
    const GgufHeader header = HeaderOf(**FindInCatalogue(GetParam()));
    WriteGguf(header, path);
    const absl::StatusOr<ModelShape> shape = ShapeOf(header);
    ASSERT_THAT(shape, IsOk());

    for (const EngineOptions& options : settings) {
      SCOPED_TRACE(testing::Message()
                   << options.gpu_layers << " layers, "
                   << options.cpu_moe_layers << " without experts, "
                   << options.slot_count << " slots");
      const auto plan = PlanMemory(*shape, options, Devices());
      const auto uses = DryRun(path, options);
      ASSERT_THAT(plan, IsOk());
      ASSERT_THAT(uses, IsOk());
      for (const DeviceUse& use : *uses) {
        for (const Expect expect : expectations) {
          expect(plan->devices[use.is_host ? 0 : 1], use);
        }
      }
    }
  }
};

class ExpertOffloadTest : public OffloadTest {};
class LayerOffloadTest : public OffloadTest {};

TEST_P(ExpertOffloadTest, AgreesWithThePlan) {
  std::vector<EngineOptions> settings;
  // No layer's, that of the first, some, all.
  for (const int64_t cpu_moe_layers : {0, 1, 10, 1000}) {
    settings.push_back(
        {.sequence_length = 8192, .cpu_moe_layers = cpu_moe_layers});
  }
  ExpectAgreement(settings, {ExpectEqualUse, ExpectNearBuffer});
}

// The formulas of the buffers are not as good where layers are split.
TEST_P(LayerOffloadTest, AgreesWithThePlanOnWeightsAndCaches) {
  std::vector<EngineOptions> settings;
  // The output layer alone, a few, all.
  for (const int64_t gpu_layers : {1, 9, -1}) {
    for (const int64_t slots : {1, 4}) {
      for (const FlashAttention flash_attention :
           {FlashAttention::kOn, FlashAttention::kOff}) {
        settings.push_back({.sequence_length = 8192,
                            .slot_count = slots,
                            .flash_attention = flash_attention,
                            .gpu_layers = gpu_layers,
                            .kv_unified = slots == 1});
      }
    }
  }
  ExpectAgreement(settings, {ExpectEqualUse});
}

INSTANTIATE_TEST_SUITE_P(Models, ExpertOffloadTest,
                         testing::Values("deepseek-v2-lite", "glm-4.5-air",
                                         "gpt-oss-20b", "llama-4-scout",
                                         "mixtral-8x7b", "qwen3-30b-a3b"),
                         TestName);

INSTANTIATE_TEST_SUITE_P(
    Models, LayerOffloadTest,
    testing::Values("deepseek-v2-lite", "falcon-7b", "gemma-2-9b",
                    "gemma-3-12b", "gpt-oss-20b", "granite-4.0-h-tiny",
                    "lfm2-1.2b", "llama-3.1-8b", "llama-3.2-1b", "mamba2-2.7b",
                    "mixtral-8x7b", "phi-4", "qwen2.5-7b", "qwen3-8b",
                    "qwen3-30b-a3b", "qwen3.5-4b"),
    TestName);

}  // namespace
}  // namespace hwledger
