#include "core/planner/runtime_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "core/planner/device_presets.h"
#include "core/planner/transformers_memory.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Optional;
using ::testing::SizeIs;

const Device kHost = {.name = "CPU", .total = GiB(64), .free = GiB(64)};

class PlanRuntimeTest : public testing::Test {
 protected:
  absl::StatusOr<RuntimePlan> Plan(Runtime runtime, int64_t sequence_length,
                                   const std::vector<Device>& devices) const {
    return PlanRuntime(model_, WeightsIn(header_, {}), {.runtime = runtime},
                       {.sequence_length = sequence_length}, devices);
  }

  const GgufHeader header_ = HeaderOf(**FindInCatalogue("llama-3.1-8b"));
  const ModelShape model_ = *ShapeOf(header_);
  const Device gpu_ = *FindDevicePreset("rtx-4090");
};

// 8,030,261,248 parameters of two bytes; Transformers caches 128 KiB per token.
TEST_F(PlanRuntimeTest, HoldsAModelOnOneGpuInTransformers) {
  const auto plan = Plan(Runtime::kTransformers, 8192, {kHost, gpu_});

  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(plan->plan.devices, SizeIs(1));
  const DevicePlan& device = plan->plan.devices[0];
  EXPECT_EQ(device.weights, Bytes(2 * 8'030'261'248));
  EXPECT_EQ(device.kv_cache, GiB(1));
  EXPECT_EQ(device.compute_buffer,
            TransformersActivations(model_, {.load = {8192, 1}}).expected);
  EXPECT_EQ(device.total(), plan->per_device.total().expected);
}

TEST_F(PlanRuntimeTest, SplitsAModelEvenlyInVllm) {
  const auto one = Plan(Runtime::kVllm, 8192, {kHost, gpu_});
  const auto two = Plan(Runtime::kVllm, 8192, {kHost, gpu_, gpu_});

  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(two, IsOk());
  ASSERT_THAT(two->plan.devices, SizeIs(2));
  EXPECT_LT(two->plan.devices[0].weights, one->plan.devices[0].weights);
  EXPECT_GT(two->plan.sequence_length_max, one->plan.sequence_length_max);
}

// 0.9 of 24 GiB and the context beside it, whatever the parts.
TEST_F(PlanRuntimeTest, TakesItsShareInVllm) {
  const auto plan = Plan(Runtime::kVllm, 8192, {kHost, gpu_});

  ASSERT_THAT(plan, IsOk());
  const auto share = static_cast<int64_t>(0.9 * 24 * (1 << 30));
  EXPECT_EQ(plan->total.low, Bytes(share) + kCudaContext.low);
  EXPECT_EQ(plan->total.high, Bytes(share) + kCudaContext.high);
}

// 131 GiB of weights on 80 GiB: it does not start, and needs what it lacks.
TEST_F(PlanRuntimeTest, TellsATotalWithinItsRangeWhereWeightsExceedTheShare) {
  const GgufHeader large = HeaderOf(**FindInCatalogue("llama-3.1-70b"));

  const auto plan = PlanRuntime(
      *ShapeOf(large), WeightsIn(large, {}), {.runtime = Runtime::kVllm},
      {.sequence_length = 8192}, {*FindDevicePreset("h100-sxm")});

  ASSERT_THAT(plan, IsOk());
  const Bytes total = plan->plan.devices[0].total();
  EXPECT_GT(total, Bytes(141'107'412'992));
  EXPECT_EQ(plan->total.expected, total);
  EXPECT_LT(plan->total.low, total);
  EXPECT_GT(plan->total.high, total);
  EXPECT_EQ(plan->plan.verdict, Verdict::kDoesNotFit);
}

TEST_F(PlanRuntimeTest, WarnsOfSequencesBeyondTheModelsMaximum) {
  EXPECT_THAT(Plan(Runtime::kMlx, 131072, {gpu_})->plan.warnings, IsEmpty());
  EXPECT_THAT(Plan(Runtime::kMlx, 131073, {gpu_})->plan.warnings,
              ElementsAre(HasSubstr("trained for 131072 tokens")));
}

TEST_F(PlanRuntimeTest, GivesVllmItsBatchAndItsCache) {
  const auto plan = [&](const RuntimeOptions& runtime) {
    return *PlanRuntime(model_, WeightsIn(header_, {}), runtime,
                        {.sequence_length = 8192}, {gpu_});
  };
  const RuntimePlan usual = plan({});

  EXPECT_GT(plan({.batch_tokens_max = 16384}).plan.devices[0].compute_buffer,
            usual.plan.devices[0].compute_buffer);
  EXPECT_GT(plan({.fp8_kv_cache = true}).plan.sequence_length_max,
            usual.plan.sequence_length_max);
  EXPECT_LT(plan({.memory_utilization = 0.8}).total.high, usual.total.low);
}

TEST_F(PlanRuntimeTest, ShowsTheNumbersOfEachPart) {
  const auto formulas = [&](Runtime runtime,
                            const std::vector<Device>& devices) {
    std::vector<std::string> texts;
    const auto plan = Plan(runtime, 8192, devices);
    for (const RuntimePart& part : plan->per_device.parts) {
      texts.push_back(part.formula);
    }
    return texts;
  };

  EXPECT_THAT(
      formulas(Runtime::kVllm, {gpu_, gpu_}),
      IsSupersetOf(
          {HasSubstr("1/2 of 16059990016 B of tensors, 532480 B whole, and "
                     "131072 positions · 128 elements · 2 B"),
           HasSubstr("2 B · 2048 tokens of a batch · 29696 elements of the "
                     "widest layer and 10 B · 1 sequence · 128256 tokens"),
           HasSubstr("100 to 2300 MiB"), HasSubstr("150 to 1000 MiB"),
           HasSubstr("0.9 · 25769803776 B of the device")}));
  EXPECT_THAT(formulas(Runtime::kTransformers, {gpu_}),
              IsSupersetOf({HasSubstr("1 sequence · 8192 tokens · 131072 B in "
                                      "32 layers;"),
                            HasSubstr("2 B · 8192 tokens of the prompt · 51200 "
                                      "elements"),
                            HasSubstr("500 MiB of CUDA context")}));
  EXPECT_THAT(formulas(Runtime::kMlx, {gpu_}),
              IsSupersetOf({HasSubstr("1 sequence · 8192 tokens, in 256s · "
                                      "131072 B in 32 layers;"),
                            HasSubstr("2 B · 2048 tokens of a step · 51200 "
                                      "elements")}));
}

TEST_F(PlanRuntimeTest, RunsVllmOnNoGraphicsOfApple) {
  EXPECT_THAT(
      Plan(Runtime::kVllm, 1024, {*FindDevicePreset("apple-m2-16gb")}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("must not be Apple's for vLLM, which does not run on "
                         "their graphics; got \"apple-m2-16gb\"")));
}

TEST_F(PlanRuntimeTest, FindsTheLongestSequenceThatFits) {
  for (const Runtime runtime :
       {Runtime::kVllm, Runtime::kTransformers, Runtime::kMlx}) {
    const auto plan = Plan(runtime, 1024, {kHost, gpu_});
    ASSERT_THAT(plan, IsOk());
    const int64_t longest = plan->plan.sequence_length_max;
    ASSERT_GT(longest, 0);
    ASSERT_LT(longest, model_.context_tokens_max);

    EXPECT_NE(Plan(runtime, longest, {kHost, gpu_})->plan.verdict,
              Verdict::kDoesNotFit);
    EXPECT_EQ(Plan(runtime, longest + 1, {kHost, gpu_})->plan.verdict,
              Verdict::kDoesNotFit);
  }
}

TEST_F(PlanRuntimeTest, LooksNoFurtherThanAnyLengthThatIsAllowed) {
  ModelShape endless = model_;
  endless.context_tokens_max = int64_t{1} << 40;

  const auto plan = PlanRuntime(endless, WeightsIn(header_, {}),
                                {.runtime = Runtime::kTransformers},
                                {.sequence_length = 1024}, {kHost, gpu_});

  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->plan.sequence_length_max,
            Plan(Runtime::kTransformers, 1024, {kHost, gpu_})
                ->plan.sequence_length_max);
}

TEST_F(PlanRuntimeTest, NeedsAGpu) {
  const auto plan = Plan(Runtime::kMlx, 1024, {kHost});

  EXPECT_THAT(FieldOf(plan.status()), Optional(Eq("devices")));
}

TEST_F(PlanRuntimeTest, NeedsEqualGpusForVllm) {
  EXPECT_THAT(
      Plan(Runtime::kVllm, 1024, {kHost, gpu_, *FindDevicePreset("rtx-3060")}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("alike for vLLM")));
}

}  // namespace
}  // namespace hwledger
