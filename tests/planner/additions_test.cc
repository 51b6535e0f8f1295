#include "core/planner/additions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "core/model/model_shape.h"
#include "core/planner/explanation.h"
#include "core/planner/fit.h"
#include "core/planner/planner.h"
#include "tests/planner/fit_step.h"
#include "tests/planner/plan_parts.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

const Device kHost = {.name = "CPU", .total = GiB(64), .free = GiB(64)};
const Device kGpu = {.name = "GPU0",
                     .kind = DeviceKind::kGpu,
                     .total = GiB(24),
                     .free = GiB(24)};

ModelShape ShapeOfEntry(const std::string& name) {
  return *ShapeOf(HeaderOf(**FindInCatalogue(name)));
}

Additions Draft(const std::string& name) {
  return {.draft = DraftAddition{
              .model_id = name,
              .shape = std::make_shared<const ModelShape>(ShapeOfEntry(name))}};
}

class AdditionsTest : public testing::Test {
 protected:
  const ModelShape model_ = ShapeOfEntry("llama-3.1-8b");
  const Additions additions_ = Draft("llama-3.2-1b");
  const std::vector<Device> devices_ = {kHost, kGpu};
};

// What llama-server 0.7.0 says that it does for -c 4096 -np 2 -ub 256
// --kv-unified -ctk q8_0 -ngl 0: a second context with n_ctx 4096, n_seq_max 2,
// n_ubatch 256, kv_unified, a cache of F16, n_outputs_max 2, its layers
// offloaded; and n_outputs_max 8 of the first.
TEST_F(AdditionsTest, DraftHasAContextLikeTheModels) {
  const EngineOptions options = {.sequence_length = 2048,
                                 .slot_count = 2,
                                 .kv_cache_type_k = "q8_0",
                                 .micro_batch_size = 256,
                                 .gpu_layers = 0,
                                 .cpu_moe_layers = 3};

  EXPECT_EQ(
      DraftOptions(*additions_.draft, options),
      (EngineOptions{
          .sequence_length = 2048, .slot_count = 2, .micro_batch_size = 256}));
  EXPECT_EQ(OptionsBeside(additions_, options).outputs_per_slot, 4);
  EXPECT_EQ(OptionsBeside({}, options), options);
}

TEST_F(AdditionsTest, DevicesHoldTheModelAndItsDraft) {
  const EngineOptions options = {
      .sequence_length = 8192, .slot_count = 2, .gpu_layers = 20};
  const auto alone =
      PlanMemory(model_, OptionsBeside(additions_, options), devices_);
  const auto draft =
      PlanMemory(*additions_.draft->shape,
                 DraftOptions(*additions_.draft, options), devices_);

  const auto plan = PlanMemory(model_, options, devices_, additions_);

  ASSERT_THAT(plan, IsOk());
  ASSERT_EQ(plan->additions.size(), 1U);
  for (size_t i = 0; i < devices_.size(); ++i) {
    const DevicePlan& both = plan->devices[i];
    EXPECT_EQ(both.weights,
              alone->devices[i].weights + draft->devices[i].weights);
    EXPECT_EQ(both.kv_cache,
              alone->devices[i].kv_cache + draft->devices[i].kv_cache);
    EXPECT_EQ(both.compute_buffer, alone->devices[i].compute_buffer +
                                       draft->devices[i].compute_buffer);
    EXPECT_EQ(both.output_buffer, alone->devices[i].output_buffer +
                                      draft->devices[i].output_buffer);
    EXPECT_EQ(both.layer_count, alone->devices[i].layer_count);
    EXPECT_EQ(plan->additions[0].devices[i].total(), draft->devices[i].total());
  }
  // 16 layers · 16384 tokens · (512 keys + 512 values) · 2 bytes.
  EXPECT_EQ(plan->additions[0].devices[1].kv_cache, MiB(512));
}

TEST_F(AdditionsTest, DraftCachesInTypesOfItsOwn) {
  Additions additions = additions_;
  additions.draft->kv_cache_type_k = "q8_0";
  additions.draft->kv_cache_type_v = "q4_0";

  const auto plan =
      PlanMemory(model_, {.sequence_length = 8192}, devices_, additions);

  ASSERT_THAT(plan, IsOk());
  // 16 layers · 8192 tokens · 512 · (34 + 18) / 32 bytes.
  EXPECT_EQ(plan->additions[0].devices[1].kv_cache, MiB(104));
}

TEST_F(AdditionsTest, NamesTheFieldOfADraftThatCannotCacheSo) {
  Additions additions = additions_;
  additions.draft->kv_cache_type_v = "q3_k";

  const auto plan =
      PlanMemory(model_, {.sequence_length = 8192}, devices_, additions);

  EXPECT_THAT(FieldOf(plan.status()), Optional(Eq("draft_kv_cache_type_v")));
  EXPECT_THAT(plan, StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("got \"q3_k\"")));
}

TEST_F(AdditionsTest, WarnsBeyondWhatTheDraftWasTrainedFor) {
  const Additions short_draft = Draft("tinyllama-1.1b");

  EXPECT_THAT(
      PlanMemory(model_, {.sequence_length = 2048}, devices_, short_draft)
          ->warnings,
      testing::IsEmpty());
  EXPECT_THAT(
      PlanMemory(model_, {.sequence_length = 2049}, devices_, short_draft)
          ->warnings,
      testing::ElementsAre(HasSubstr("trained for 2048 tokens")));
}

TEST_F(AdditionsTest, DraftCanBeWhatDoesNotFit) {
  std::vector<Device> devices = devices_;
  devices[1].free = PlanMemory(model_, {.sequence_length = 8192}, devices)
                        ->devices[1]
                        .total() +
                    GiB(1);
  const EngineOptions options = {.sequence_length = 8192};

  EXPECT_EQ(PlanMemory(model_, options, devices)->devices[1].verdict,
            Verdict::kTight);
  const auto plan = PlanMemory(model_, options, devices, additions_);

  EXPECT_EQ(plan->verdict, Verdict::kDoesNotFit);
  EXPECT_LT(plan->sequence_length_max,
            PlanMemory(model_, options, devices)->sequence_length_max);
}

TEST_F(AdditionsTest, ExplanationAddsUpToThePlan) {
  const EngineOptions options = {.sequence_length = 8192, .slot_count = 2};
  const MemoryPlan plan = *PlanMemory(model_, options, devices_, additions_);
  EXPECT_EQ(PartsOf(Explain(model_, OptionsBeside(additions_, options), plan)),
            PartsOf(plan));
}

TEST_F(AdditionsTest, DryRunOfTheModelKeepsThem) {
  MemoryPlan plan =
      *PlanMemory(model_, {.sequence_length = 8192}, devices_, additions_);
  const AdditionPlan& draft = plan.additions[0];

  ApplyDryRun({{.name = "GPU0", .weights = GiB(5), .kv_cache = GiB(1)}}, plan);

  EXPECT_EQ(plan.devices[0].total(), draft.devices[0].total());
  EXPECT_EQ(plan.devices[1].total(), GiB(6) + draft.devices[1].total());
}

TEST_F(AdditionsTest, AdapterFollowsTheLayersThatItAdapts) {
  LoraAdapter adapter = {.input_weights = Bytes(1),
                         .layers = std::vector<LoraAdapter::Layer>(32),
                         .output_weights = Bytes(2)};
  adapter.layers[0] = {.weights = Bytes(10), .expert_weights = Bytes(100)};
  adapter.layers[31] = {.weights = Bytes(1000), .expert_weights = Bytes(10000)};
  const auto weights = [&](const EngineOptions& options) {
    const auto plan =
        PlanMemory(model_, options, devices_, {.adapters = {adapter}});
    return std::pair(plan->additions[0].devices[0].weights.count(),
                     plan->additions[0].devices[1].weights.count());
  };

  EXPECT_EQ(weights({.sequence_length = 1, .gpu_layers = 0}),
            std::pair(11113L, 0L));
  // The output layer and the last.
  EXPECT_EQ(weights({.sequence_length = 1, .gpu_layers = 2}),
            std::pair(111L, 11002L));
  EXPECT_EQ(weights({.sequence_length = 1, .cpu_moe_layers = 1}),
            std::pair(101L, 11012L));
}

TEST_F(AdditionsTest, ProjectorGoesOnTheFirstGpu) {
  const Device integrated = {.name = "GPU1",
                             .kind = DeviceKind::kIntegratedGpu};
  const Additions projector = {.projector = Projector{.weights = Bytes(7)}};
  const auto weights = [&](const std::vector<Device>& devices) {
    const auto plan = PlanMemory(
        model_, {.sequence_length = 1, .gpu_layers = 0}, devices, projector);
    std::vector<int64_t> bytes;
    for (const DevicePlan& share : plan->additions[0].devices) {
      bytes.push_back(share.weights.count());
    }
    return bytes;
  };

  EXPECT_THAT(weights({kHost}), testing::ElementsAre(7));
  EXPECT_THAT(weights({kHost, integrated}), testing::ElementsAre(0, 7));
  EXPECT_THAT(weights({kHost, integrated, kGpu}),
              testing::ElementsAre(0, 0, 7));
}

class AdditionsFitTest : public AdditionsTest,
                         public testing::WithParamInterface<FitGoal> {};

// 4.7 GiB of the model in 16 bits and all of the draft lie on the GPU.
TEST_P(AdditionsFitTest, FitsAndOneStepFurtherDoesNot) {
  std::vector<Device> devices = devices_;
  for (const int64_t free_gib : {20, 21, 22}) {
    SCOPED_TRACE(free_gib);
    devices[1].free = GiB(free_gib);
    const auto fit = FitMemory(model_, {.sequence_length = 4096}, devices,
                               GetParam(), additions_);
    ASSERT_THAT(fit, IsOk());
    const auto verdict = [&](const EngineOptions& options) {
      return PlanMemory(model_, options, devices, additions_)->verdict;
    };

    ASSERT_TRUE(fit->fits);
    EXPECT_NE(verdict(fit->options), Verdict::kDoesNotFit);
    const EngineOptions more = OneMore(fit->options, GetParam());
    EXPECT_TRUE(more.gpu_layers > std::ssize(model_.layers) + 1 ||
                verdict(more) == Verdict::kDoesNotFit);
  }
}

INSTANTIATE_TEST_SUITE_P(Goals, AdditionsFitTest,
                         testing::Values(FitGoal::kSequenceLength,
                                         FitGoal::kSlotCount,
                                         FitGoal::kGpuLayers));

}  // namespace
}  // namespace hwledger
