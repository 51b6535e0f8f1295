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

// With a GPU that computes large batches for the host.
class HostHelpTest : public RpcGpuTest,
                     public testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() {
    StartGpus(1);
    LetGpusComputeForHost();
  }
};

class LayerHelpTest : public HostHelpTest {};
class ExpertHelpTest : public HostHelpTest {};

TEST_P(LayerHelpTest, AgreesWithThePlan) {
  PlannedModel model(GetParam());
  for (const int64_t gpu_layers : {9, -1}) {
    for (const EngineOptions& options : LayerSettings(gpu_layers)) {
      model.ExpectAgreement(options, Devices());
    }
  }
}

TEST_P(ExpertHelpTest, AgreesWithThePlan) {
  PlannedModel model(GetParam());
  for (const int64_t cpu_moe_layers : {10, 1000}) {
    for (EngineOptions options : LayerSettings(-1)) {
      options.cpu_moe_layers = cpu_moe_layers;
      model.ExpectAgreement(options, Devices());
    }
  }
}

// Not held, by up to a third in single settings: models whose norms stand
// behind the parts of a layer alone (OLMo 2 and 3), biases that come between
// (bloom, GPT-2, GPT-NeoX, Phi-2), and single ones of Gemma, Granite, EXAONE 4,
// InternLM 2, MiniCPM 4 and SmolLM 3.
INSTANTIATE_TEST_SUITE_P(
    Models, LayerHelpTest,
    testing::Values("command-r7b", "ernie-4.5-0.3b", "exaone-3.5-2.4b",
                    "falcon-7b", "glm-4-9b", "gpt-oss-20b", "hunyuan-a13b",
                    "llama-3.1-8b", "llama-3.2-1b", "llama-4-scout",
                    "mixtral-8x7b", "phi-3.5-moe", "phi-4", "qwen1.5-moe-a2.7b",
                    "qwen2.5-7b", "qwen3-30b-a3b", "qwen3-8b", "seed-oss-36b",
                    "stablelm-2-1.6b", "starcoder2-3b"),
    TestName);

INSTANTIATE_TEST_SUITE_P(Models, ExpertHelpTest,
                         testing::Values("deepseek-v2-lite", "deepseek-v3",
                                         "dots.llm1", "glm-4.5-air",
                                         "gpt-oss-20b", "hunyuan-a13b",
                                         "llama-4-scout", "mixtral-8x7b",
                                         "phi-3.5-moe", "qwen3-30b-a3b"),
                         TestName);

}  // namespace
}  // namespace hwledger
