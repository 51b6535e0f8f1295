#include "core/engine/warm_up.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <variant>

#include "core/engine/libllama.h"
#include "core/engine/llama_engine.h"
#include "tests/engine/rpc_gpu.h"
#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

class WarmUpTest : public RpcGpuTest,
                   public testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() { StartGpus(1); }

  // What the model says first with so many layers on the GPU.
  static Completion FirstText(int64_t gpu_layers) {
    LlamaEngine engine;
    const auto ready = engine.Load(
        TinyModel{.architecture = GetParam()}.Write("warm_up"),
        {.sequence_length = 64, .slot_count = 3, .gpu_layers = gpu_layers},
        [](double) { return true; });
    EXPECT_THAT(ready, IsOk());
    EXPECT_EQ(TakeLibllamaError(), "");
    engine.Submit({1, Start{.generation = {.input = "What is a cache?",
                                           .sampling = {.temperature = 0},
                                           .token_count_max = 20},
                            .credit_tokens = 20}});
    for (;;) {
      for (const StepEvent& event : engine.WaitForEvents()) {
        if (const auto* end = std::get_if<Completion>(&event.event)) {
          return *end;
        }
      }
    }
  }
};

TEST_P(WarmUpTest, LeavesNothingBehind) {
  const Completion cold = FirstText(/*gpu_layers=*/0);
  const Completion warm = FirstText(/*gpu_layers=*/-1);

  EXPECT_EQ(warm.full_text, cold.full_text);
  EXPECT_EQ(warm.cached_prompt_tokens, 0);
}

TEST_P(WarmUpTest, IsGivenUpWithTheLoad) {
  const std::string path =
      TinyModel{.architecture = GetParam()}.Write("warm_up");
  int64_t whole_count = 0;
  // libllama says once that all is loaded.
  const auto gives_up = [&](double fraction) {
    return fraction < 1 || ++whole_count == 1;
  };

  EXPECT_THAT(LlamaEngine().Load(path, {.sequence_length = 64}, gives_up),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(whole_count, 2);
}

INSTANTIATE_TEST_SUITE_P(Architectures, WarmUpTest,
                         testing::Values("llama", "gemma2", "mamba", "jamba"));

}  // namespace
}  // namespace hwledger
