#include "core/planner/placed_model.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

// The widths of Llama 3.1 8B, in four layers.
ModelShape Model() {
  const Layer layer = {.key_elements = 1024,
                       .value_elements = 1024,
                       .widths = {.query_heads = 32,
                                  .query = 4096,
                                  .output = 4096,
                                  .feed_forward = 14336,
                                  .is_gated = true}};
  return {.layers = std::vector<Layer>(4, layer),
          .embedding_elements = 4096,
          .vocabulary_size = 128'256};
}

const Device kHost = {.name = "CPU", .free = GiB(64)};
const Device kGpu = {.name = "GPU0", .kind = DeviceKind::kGpu, .free = GiB(8)};

Bytes ComputeBufferOf(size_t device, int64_t gpu_layers,
                      const std::vector<Device>& devices,
                      int64_t cpu_moe_layers = 0) {
  const ModelShape model = Model();
  const EngineOptions options = {.sequence_length = 8192,
                                 .gpu_layers = gpu_layers,
                                 .cpu_moe_layers = cpu_moe_layers};
  return PlacedModel(model, options, devices)
      .Weigh(device, PassOf(options))
      .compute_buffer;
}

// On GPUs the places of 512 tokens, 20 bytes each, are counted too.
constexpr Bytes kPlaces(512 * 20);
// And those of images among the text, 8 bytes each, where that comes from the
// host.
constexpr Bytes kImages(512 * 8);
// So is, behind the last layer, whose logits are wanted.
constexpr Bytes kWanted(4);

// All figures but for some kilobytes of positions are libllama's own. A copy of
// the residual stream, 512 x 4096 floats, takes 8 MiB, as does the mask; the
// widest stage 3 x 14336 floats, 84 MiB.

TEST(PlacedModelTest, HoldsFiveResidualsOnAHostThatComputes) {
  EXPECT_EQ(ComputeBufferOf(0, 0, {kHost}), MiB(5 * 8 + 84 + 8));
}

TEST(PlacedModelTest, HoldsTheInputsOnTheHostOfAGpu) {
  EXPECT_EQ(ComputeBufferOf(0, -1, {kHost, kGpu}), MiB(4 * 8 + 8));
  EXPECT_EQ(ComputeBufferOf(1, -1, {kHost, kGpu}),
            MiB(4 * 8 + 84 + 8) + kImages + kPlaces + kWanted);
}

TEST(PlacedModelTest, HoldsLessOnAGpuThatFollowsTheHost) {
  EXPECT_EQ(ComputeBufferOf(1, 3, {kHost, kGpu}),
            MiB(2 * 8 + 84 + 8) + kPlaces + kWanted);
}

TEST(PlacedModelTest, HoldsTheLogitsBesideTheOutputLayerAlone) {
  EXPECT_EQ(ComputeBufferOf(1, 1, {kHost, kGpu}), Bytes((128'256 + 4096) * 4));
}

TEST(PlacedModelTest, HoldsFourOfEveryInputInAPipeline) {
  const std::vector<Device> devices = {kHost, kGpu, kGpu};

  EXPECT_EQ(ComputeBufferOf(0, -1, devices), MiB(10 * 8 + 4 * 8));
  // Three of the residual stream, four times, what images are merged into, and
  // three in use.
  EXPECT_EQ(ComputeBufferOf(1, -1, devices),
            MiB(16 * 8 + 84 + 4 * 8) + 4 * kPlaces);
  // Two, four times; attention of the last layer alone needs three.
  EXPECT_EQ(ComputeBufferOf(2, -1, devices),
            MiB(11 * 8 + 4 * 8) + 4 * (kPlaces + kWanted));
}

// Mixtral 8x7B, whose 2 experts are as wide: 3 x 2 x 14336 floats take 168 MiB,
// their results two residuals.
TEST(PlacedModelTest, ComputesOnTheHostTheExpertsThatItKeeps) {
  ModelShape model = Model();
  for (Layer& layer : model.layers) {
    layer.widths.feed_forward = 0;
    layer.widths.experts_used = 2;
    layer.widths.expert_feed_forward = 14336;
    layer.widths.has_gated_experts = true;
  }
  const std::vector<Device> devices = {kHost, kGpu};
  EngineOptions options = {.sequence_length = 8192, .cpu_moe_layers = 1};
  const auto buffer_of = [&](size_t device) {
    return PlacedModel(model, options, devices)
        .Weigh(device, PassOf(options))
        .compute_buffer;
  };

  EXPECT_EQ(buffer_of(0), MiB(168 + 2 * 8 + 8));
  EXPECT_EQ(buffer_of(1), MiB(168 + 4 * 8 + 8) + kImages + kPlaces + kWanted);
  options.cpu_moe_layers = 4;
  EXPECT_EQ(buffer_of(0), MiB(168 + 2 * 8 + 8));
  EXPECT_EQ(buffer_of(1), MiB(2 * 8 + 4 * 8 + 8) + kImages + kPlaces + kWanted);
}

TEST(PlacedModelTest, HasNoPipelineWhereExpertsStayOnTheHost) {
  EXPECT_EQ(ComputeBufferOf(1, -1, {kHost, kGpu, kGpu}, 1),
            MiB(4 * 8 + 84 + 8) + kImages + kPlaces);
}

}  // namespace
}  // namespace hwledger
