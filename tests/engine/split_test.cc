#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/engine/planned_model.h"
#include "tests/engine/rpc_gpu.h"

namespace hwledger {
namespace {

bool IsQuantized(const EngineOptions& options) {
  return options.kv_cache_type_k == "q8_0";
}

// What is left out, and the plan's share of libllama's buffer there. Of models
// that remember a state, and of latent attention, the planner knows how wide
// each stage is and not which gaps it leaves.
constexpr KnownGap kGaps[] = {
    // 0.84: the experts' gate fits into a gap that latent attention leaves.
    {"deepseek-v2-lite",
     [](const EngineOptions& options) {
       return options.gpu_layers < 0 &&
              options.flash_attention == FlashAttention::kOn;
     }},
    // The last layer alone. 1.13: the residual stream finds room beside the
    // scan.
    {"granite-4.0-h-tiny",
     [](const EngineOptions& options) {
       return options.gpu_layers == 2 &&
              (options.slot_count == 1 || options.kv_unified);
     }},
    // 0.1 to 1.9: the scores of the layer before come to the GPU as well. 0.88
    // to 1.06: short convolutions break up what rotations for the cache leave.
    {"lfm2-1.2b",
     [](const EngineOptions& options) {
       return options.gpu_layers == 2 || IsQuantized(options);
     }},
    // 0.81: see LayerOffloadTest.
    {"mamba2-2.7b",
     [](const EngineOptions& options) {
       return options.gpu_layers == 9 && options.slot_count == 1;
     }},
    // 1.06: one gap more or less in a layer's rotations for the cache.
    {"seed-oss-36b",
     [](const EngineOptions& options) {
       return options.gpu_layers == 9 && IsQuantized(options);
     }},
};

// Over two GPUs of one size.
class SplitTest : public RpcGpuTest,
                  public testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() { StartGpus(2); }
};

TEST_P(SplitTest, AgreesWithThePlan) {
  PlannedModel model(GetParam());
  // The last layer on one and the output layer on the other, a few on each,
  // all: then several micro-batches are under way at once.
  for (const int64_t gpu_layers : {2, 9, -1}) {
    for (const EngineOptions& options : LayerSettings(gpu_layers)) {
      model.ExpectAgreement(options, Devices(),
                            ComparedUnless(kGaps, GetParam(), options));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, SplitTest, kSplitModels,
                         [](const testing::TestParamInfo<std::string>& model) {
                           return LettersOf(model.param);
                         });

}  // namespace
}  // namespace hwledger
