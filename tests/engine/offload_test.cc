#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/engine/planned_model.h"
#include "tests/engine/rpc_gpu.h"

namespace hwledger {
namespace {

std::string TestName(const testing::TestParamInfo<std::string>& model) {
  return LettersOf(model.param);
}

class OffloadTest : public RpcGpuTest,
                    public testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() { StartGpus(1); }
};

class ExpertOffloadTest : public OffloadTest {};
class PartialExpertOffloadTest : public OffloadTest {};
class LayerOffloadTest : public OffloadTest {};

TEST_P(ExpertOffloadTest, AgreesWithThePlan) {
  PlannedModel model(GetParam());
  // No layer's, that of the first, some, all.
  for (const int64_t cpu_moe_layers : {0, 1, 10, 1000}) {
    for (const int64_t slots : {1, 4}) {
      for (const FlashAttention flash_attention :
           {FlashAttention::kOn, FlashAttention::kOff}) {
        model.ExpectAgreement({.sequence_length = 8192,
                               .slot_count = slots,
                               .flash_attention = flash_attention,
                               .cpu_moe_layers = cpu_moe_layers,
                               .kv_unified = slots == 1},
                              Devices());
      }
    }
  }
}

TEST_P(ExpertOffloadTest, AgreesWithThePlanForEveryMicroBatch) {
  PlannedModel model(GetParam());
  for (const int64_t cpu_moe_layers : {0, 1, 10, 1000}) {
    for (const int64_t micro_batch_size : {64, 2048}) {
      model.ExpectAgreement({.sequence_length = 8192,
                             .micro_batch_size = micro_batch_size,
                             .cpu_moe_layers = cpu_moe_layers},
                            Devices());
    }
  }
}

TEST_P(LayerOffloadTest, AgreesWithThePlan) {
  PlannedModel model(GetParam());
  // The output layer alone, a few, all.
  for (const int64_t gpu_layers : {1, 9, -1}) {
    for (const EngineOptions& options : LayerSettings(gpu_layers)) {
      model.ExpectAgreement(options, Devices());
    }
  }
}

// A few layers on the GPU, and their experts on the host. Not held with shared
// experts or scores of which some are corrected: 0.86 to 0.95 for DeepSeek,
// dots.llm1, GLM-4.5, Hunyuan-A13B, Ling and ERNIE.
TEST_P(PartialExpertOffloadTest, AgreesWithThePlan) {
  PlannedModel model(GetParam());
  for (const FlashAttention flash_attention :
       {FlashAttention::kOn, FlashAttention::kOff}) {
    model.ExpectAgreement({.sequence_length = 8192,
                           .flash_attention = flash_attention,
                           .gpu_layers = 9,
                           .cpu_moe_layers = 1000},
                          Devices());
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ExpertOffloadTest,
                         testing::Values("deepseek-v2-lite", "glm-4.5-air",
                                         "gpt-oss-20b", "hunyuan-a13b",
                                         "llama-4-scout", "mixtral-8x7b",
                                         "phi-3.5-moe", "qwen3-30b-a3b"),
                         TestName);

INSTANTIATE_TEST_SUITE_P(Models, PartialExpertOffloadTest,
                         testing::Values("gpt-oss-20b", "mixtral-8x7b",
                                         "phi-3.5-moe", "qwen3-30b-a3b"),
                         TestName);

INSTANTIATE_TEST_SUITE_P(Models, LayerOffloadTest, kSplitModels, TestName);

}  // namespace
}  // namespace hwledger
