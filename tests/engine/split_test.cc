#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/engine/planned_model.h"
#include "tests/engine/rpc_gpu.h"

namespace hwledger {
namespace {

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
      model.ExpectAgreement(options, Devices());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, SplitTest, kSplitModels,
                         [](const testing::TestParamInfo<std::string>& model) {
                           return LettersOf(model.param);
                         });

}  // namespace
}  // namespace hwledger
