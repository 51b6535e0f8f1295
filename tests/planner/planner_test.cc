#include "core/planner/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "tests/planner/round_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

Bytes CacheSum(const MemoryPlan& plan) {
  Bytes sum;
  for (const DevicePlan& device : plan.devices) sum += device.kv_cache;
  return sum;
}

TEST(PlanMemoryTest, HoldsEverythingOnTheHostWithoutAGpu) {
  const MemoryPlan plan = Plan(Model(), {.sequence_length = 1024}, {kHost});

  ASSERT_EQ(plan.devices.size(), 1U);
  EXPECT_EQ(plan.devices[0].weights, MiB(430));
  EXPECT_EQ(plan.devices[0].kv_cache, MiB(16));
  EXPECT_EQ(plan.devices[0].output_buffer, Bytes(4000));
  EXPECT_EQ(plan.devices[0].layer_count, kLayerCount);
  EXPECT_EQ(plan.verdict, Verdict::kFits);
}

TEST(PlanMemoryTest, LeavesTheEmbeddingOnTheHost) {
  const MemoryPlan plan =
      Plan(Model(), {.sequence_length = 1024}, {kHost, kGpu});

  EXPECT_EQ(plan.devices[0].weights, MiB(10));
  EXPECT_EQ(plan.devices[1].weights, MiB(420));
  EXPECT_EQ(plan.devices[1].kv_cache, MiB(16));
}

TEST(PlanMemoryTest, CountsATiedEmbeddingTwiceOnceTheOutputIsOffloaded) {
  ModelShape model = Model();
  model.tied_embedding = true;
  model.output_weights = Bytes();

  EXPECT_EQ(Plan(model, {.sequence_length = 1}, {kHost}).devices[0].weights,
            MiB(410));
  const MemoryPlan plan =
      Plan(model, {.sequence_length = 1, .gpu_layers = 1}, {kHost, kGpu});
  EXPECT_EQ(plan.devices[0].weights, MiB(410));
  EXPECT_EQ(plan.devices[1].weights, MiB(10));
}

TEST(PlanMemoryTest, CountsARepackedTiedEmbeddingTwiceOnTheHostToo) {
  ModelShape model = Model();
  model.tied_embedding = true;
  model.doubled_embedding = true;
  model.output_weights = Bytes();

  EXPECT_EQ(Plan(model, {.sequence_length = 1}, {kHost}).devices[0].weights,
            MiB(420));
}

TEST(PlanMemoryTest, KeepsATableOfFactorsOnEachDeviceWithLayers) {
  ModelShape model = Model();
  model.shared_weights = Bytes(256);
  const MemoryPlan plan =
      Plan(model, {.sequence_length = 1, .gpu_layers = 3}, {kHost, kGpu});

  EXPECT_EQ(plan.devices[0].weights, MiB(210) + Bytes(256));
  EXPECT_EQ(plan.devices[1].weights, MiB(220) + Bytes(256));
}

TEST(PlanMemoryTest, KeepsATableWhereNoLayerWithAWindowHasOneWithTheOthers) {
  ModelShape model = Model();
  model.shared_weights = Bytes(256);
  model.shares_with_windows = false;
  model.layers[0].window_tokens = model.layers[1].window_tokens = 512;
  const MemoryPlan plan =
      Plan(model, {.sequence_length = 1, .gpu_layers = 3}, {kHost, kGpu});

  EXPECT_EQ(plan.devices[0].weights, MiB(210));
  EXPECT_EQ(plan.devices[1].weights, MiB(220) + Bytes(256));
}

TEST(PlanMemoryTest, SplitsTheCacheWithTheLayers) {
  const MemoryPlan plan =
      Plan(Model(), {.sequence_length = 1024, .gpu_layers = 3}, {kHost, kGpu});

  EXPECT_EQ(plan.devices[0].kv_cache, MiB(8));
  EXPECT_EQ(plan.devices[1].kv_cache, MiB(8));
  EXPECT_THAT(
      plan.layers,
      ElementsAre(Field(&LayerPlan::device, 0), Field(&LayerPlan::device, 0),
                  Field(&LayerPlan::device, 1), Field(&LayerPlan::device, 1)));
}

TEST(PlanMemoryTest, DevicesHoldWhatTheLayersNeed) {
  for (int64_t gpu_layers = 0; gpu_layers <= kLayerCount + 1; ++gpu_layers) {
    const MemoryPlan plan =
        Plan(Model(), {.sequence_length = 5000, .gpu_layers = gpu_layers},
             {kHost, kGpu, kGpu});
    Bytes layers;
    for (const LayerPlan& layer : plan.layers) layers += layer.kv_cache;

    EXPECT_EQ(CacheSum(plan), layers) << gpu_layers;
  }
}

TEST(PlanMemoryTest, KeepsTheExpertsOfTheFirstLayersOnTheHost) {
  ModelShape model = Model();
  for (Layer& layer : model.layers) {
    layer.expert_weights = MiB(80);
    layer.active_expert_weights = MiB(80);
  }
  const MemoryPlan plan = Plan(
      model, {.sequence_length = 1024, .cpu_moe_layers = 3}, {kHost, kGpu});

  EXPECT_EQ(plan.devices[0].weights, MiB(10 + 3 * 80));
  EXPECT_EQ(plan.devices[1].weights, MiB(420 - 3 * 80));
  EXPECT_EQ(plan.devices[1].kv_cache, MiB(16));
  EXPECT_EQ(plan.devices[0].layer_count, 0);
}

TEST(PlanMemoryTest, OffloadsExpertsOnlyOfLayersThatAreOnAGpu) {
  ModelShape model = Model();
  for (Layer& layer : model.layers) layer.expert_weights = MiB(80);
  // The last two layers and the output are on the GPU.
  EngineOptions options = {.sequence_length = 1024, .gpu_layers = 3};
  const std::vector<Device> devices = {kHost, kGpu};
  const Bytes none = Plan(model, options, devices).devices[1].weights;
  options.cpu_moe_layers = 2;
  EXPECT_EQ(Plan(model, options, devices).devices[1].weights, none);
  options.cpu_moe_layers = 1000;

  EXPECT_EQ(Plan(model, options, devices).devices[1].weights, none - MiB(160));
}

TEST(PlanMemoryTest, DecodesFromTheWeightsAndCacheThatATokenReads) {
  const MemoryPlan plan = Plan(Model(), {.sequence_length = 1024}, {kHost});

  ASSERT_TRUE(plan.throughput.decode.has_value());
  // The embedding is looked up, not read: 420 MiB, and 16 KiB to 16 MiB of
  // cache.
  EXPECT_DOUBLE_EQ(plan.throughput.decode->high, 51'200.0 / (420 + 1.0 / 64));
  EXPECT_DOUBLE_EQ(plan.throughput.decode->low, 51'200.0 / 436);
}

TEST(PlanMemoryTest, RefusesABlockTypeThatDoesNotDivideTheHeads) {
  ModelShape model = Model();
  for (Layer& layer : model.layers) layer.widths.query = 8 * 80;

  const absl::StatusOr<MemoryPlan> plan = PlanMemory(
      model, {.sequence_length = 1, .kv_cache_type_k = "q8_0"}, {kHost});

  EXPECT_THAT(plan, StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("the 80 of")));
  EXPECT_EQ(FieldOf(plan.status()), "kv_cache_type_k");
}

TEST(PlanMemoryTest, RefusesAQuantizedLatentCacheWithoutFlashAttention) {
  ModelShape model = Model();
  for (Layer& layer : model.layers) layer.kind = LayerKind::kLatentAttention;

  EXPECT_THAT(PlanMemory(model,
                         {.sequence_length = 1,
                          .kv_cache_type_k = "q8_0",
                          .flash_attention = FlashAttention::kOff},
                         {kHost}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("needs flash attention")));
}

TEST(ApplyDryRunTest, ReplacesTheFiguresOfEachDevice) {
  MemoryPlan plan = Plan(Model(), {.sequence_length = 1024}, {kHost, kGpu});
  const DeviceUse uses[] = {
      {.name = "host", .is_host = true, .weights = MiB(1)},
      {.name = "GPU0", .weights = GiB(7), .kv_cache = GiB(2)}};

  ApplyDryRun(uses, plan);

  EXPECT_EQ(plan.method, PredictionMethod::kDryRun);
  EXPECT_EQ(plan.devices[0].total(), MiB(1));
  EXPECT_EQ(plan.devices[1].total(), GiB(9));
  EXPECT_EQ(plan.verdict, Verdict::kDoesNotFit);
}

}  // namespace
}  // namespace hwledger
