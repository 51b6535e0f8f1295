#include "core/planner/throughput.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "core/planner/device_presets.h"
#include "core/planner/layer_kinds.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::Not;
using ::testing::Optional;

// Two equal layers that cache 64 bytes per token in F16.
const Layer kLayer = {.key_elements = 16,
                      .value_elements = 16,
                      .widths = {.query = 48, .output = 16}};

ModelShare Share() {
  return {.groups = {{.layer = &kLayer, .layer_count = 2}},
          .layer_count = 2,
          .active_weights = Bytes(1000),
          .active_elements = 500};
}

TEST(ReadForTest, ReadsWeightsOnceAndTheCacheOfEachSequence) {
  EXPECT_EQ(ReadFor(Share(), {}, {}), Bytes(1000 + 2 * 64));
  EXPECT_EQ(ReadFor(Share(), {.sequence_count = 3, .context_tokens = 10}, {}),
            Bytes(1000 + 3 * 10 * 2 * 64));
}

TEST(ReadForTest, CountsTheExpertsThatOneOfTheTokensUses) {
  // One of four is used per token. Two tokens use 4 · (1 - (3/4)²) = 1.75.
  ModelShare share = {
      .active_weights = MiB(100),
      .idle_experts = {{.weights = MiB(300), .probability = 0.75}}};

  EXPECT_EQ(ReadFor(share, {}, {}), MiB(100));
  EXPECT_EQ(ReadFor(share, {.tokens_per_sequence = 2}, {}), MiB(175));
  EXPECT_EQ(ReadFor(share, {.sequence_count = 2}, {}), MiB(175));
  EXPECT_EQ(ReadFor(share, {.tokens_per_sequence = 1000}, {}), MiB(400));
}

TEST(FlopsForTest, AddsAndMultipliesWithEachElementForEachToken) {
  const ModelShare share = {.active_elements = 500};

  EXPECT_DOUBLE_EQ(FlopsFor(share, {}).total(), 2 * 500);
  EXPECT_DOUBLE_EQ(
      FlopsFor(share, {.sequence_count = 3, .tokens_per_sequence = 2}).total(),
      6 * 2 * 500);
}

TEST(FlopsForTest, TellsQuantizedMatricesFromOthers) {
  const ModelShare share = {.active_elements = 500,
                            .quantized_elements = 400,
                            .output_elements = 70,
                            .quantized_output = true};

  const Flops flops = FlopsFor(share, {});

  EXPECT_DOUBLE_EQ(flops.unquantized, 2 * 100);
  EXPECT_DOUBLE_EQ(flops.quantized, 2 * (400 + 70));
}

TEST(FlopsForTest, ComputesTheOutputForTheLastTokenOnly) {
  const ModelShare share = {.has_output = true, .output_elements = 70};

  EXPECT_DOUBLE_EQ(
      FlopsFor(share, {.sequence_count = 3, .tokens_per_sequence = 9}).total(),
      3 * 2 * 70);
}

TEST(FlopsForTest, EachTokenAttendsToThoseBeforeIt) {
  ModelShare share = Share();
  share.active_elements = 0;

  // The three tokens look at 8, 9 and 10.
  EXPECT_DOUBLE_EQ(
      FlopsFor(share, {.tokens_per_sequence = 3, .context_tokens = 10}).total(),
      2 * 2.0 * (48 + 16) * (8 + 9 + 10));
}

TEST(FlopsForTest, NoTokenLooksBeyondItsWindow) {
  Layer layer = kLayer;
  layer.window_tokens = 4;
  const ModelShare share = {.groups = {{.layer = &layer, .layer_count = 1}}};

  EXPECT_DOUBLE_EQ(FlopsFor(share, {.context_tokens = 1000}).total(),
                   2.0 * (48 + 16) * 4);
}

TEST(FlopsForTest, ARecurrentLayerAttendsToNothing) {
  Layer layer = kLayer;
  layer.kind = LayerKind::kRecurrent;
  const ModelShare share = {.groups = {{.layer = &layer, .layer_count = 1}}};

  EXPECT_DOUBLE_EQ(FlopsFor(share, {.context_tokens = 1000}).total(), 0);
}

// Llama 3.1 8B in Q4_K_M reads 4.6 GiB of its 4.9 GB for a token: all but the
// embedding. An RTX 4090 computes about 160 operations in the time in which it
// reads one byte, far above the 4 that a byte of weights takes, and far below
// the 2000 that it takes with 512 tokens.
TEST(ThroughputOfTest, AGpuReadsWhenItDecodesAndComputesWhenItPrefills) {
  const ModelShape model =
      *ShapeOf(HeaderOf(**FindInCatalogue("llama-3.1-8b")));
  const std::vector<Device> devices = {{.name = "CPU", .free = GiB(64)},
                                       *FindDevicePreset("rtx-4090")};
  const EngineOptions options = {.sequence_length = 4096};
  const PlacedWeights placed(model, KindsOf(model.layers), options, devices);

  const Throughput throughput = ThroughputOf(placed, options, devices);

  ASSERT_TRUE(throughput.decode.has_value());
  EXPECT_EQ(throughput.decode->binding_term, BindingTerm::kMemoryBandwidth);
  // 1008 GB/s over 7.50e9 elements of 2 bytes.
  EXPECT_NEAR(throughput.decode->high, 67.2, 0.1);
  ASSERT_TRUE(throughput.prefill.has_value());
  EXPECT_EQ(throughput.prefill->binding_term, BindingTerm::kCompute);
  // 165.2 TFLOP/s over 2 · 6.979e9 operations in the layers, 2 · 8192 · 32 for
  // each of 256.5 tokens looked at, and 1/512 of 2 · 0.525e9 in the output.
  EXPECT_NEAR(throughput.prefill->high, 11'720, 5);
  EXPECT_FALSE(throughput.decode_all.has_value());
}

TEST(ThroughputOfTest, KnowsNoPrefillWithoutAComputeRate) {
  const ModelShape model =
      *ShapeOf(HeaderOf(**FindInCatalogue("llama-3.1-8b")));
  std::vector<Device> devices = {
      {.name = "CPU", .free = GiB(64), .bandwidth_per_second = GiB(50)}};
  const EngineOptions options = {.sequence_length = 4096};

  const PlacedWeights placed(model, KindsOf(model.layers), options, devices);

  EXPECT_FALSE(ThroughputOf(placed, options, devices).prefill.has_value());
  devices.front().flops_per_second = 1e11;
  EXPECT_TRUE(ThroughputOf(placed, options, devices).prefill.has_value());
}

// The host's 25 layers are computed by the GPU, and cost no more than the time
// in which the host's memory gives 25 * 436 MB.
TEST(ThroughputOfTest, AGpuPrefillsForTheHost) {
  const ModelShape model =
      *ShapeOf(HeaderOf(**FindInCatalogue("llama-3.1-8b")));
  const Device host = {.name = "CPU",
                       .free = GiB(64),
                       .bandwidth_per_second = GiB(50),
                       .flops_per_second = 1e11};
  std::vector<Device> devices = {host, *FindDevicePreset("rtx-4090")};
  const EngineOptions options = {.sequence_length = 4096, .gpu_layers = 8};
  const PlacedWeights placed(model, KindsOf(model.layers), options, devices);
  const Throughput helped = ThroughputOf(placed, options, devices);
  devices.back().computes_for_host = false;
  const Throughput alone = ThroughputOf(placed, options, devices);

  // 512 tokens in 203 ms for the memory and 44 ms for the arithmetic.
  EXPECT_NEAR(helped.prefill->high, 2066, 20);
  // 1e11 operations a second are not enough for 11 a second.
  EXPECT_LT(alone.prefill->high, 10);
  EXPECT_EQ(helped.decode->high, alone.decode->high);
}

// What must hold of every model on every device.
// For every model of the catalogue.
class ThroughputPropertyTest : public testing::Test {
 protected:
  template <typename Check>
  void ForEachModel(Check check) {
    for (const CatalogueEntry& entry : Catalogue()) {
      SCOPED_TRACE(entry.name);
      const absl::StatusOr<ModelShape> model = ShapeOf(HeaderOf(entry));
      ASSERT_THAT(model, IsOk());
      check(*model);
    }
  }

  // Calls `check` with each device and the plan of each model for it.
  template <typename Check>
  void ForEachPlan(Check check) {
    std::vector<Device> devices;
    for (const std::string& name : DevicePresetNames()) {
      Device device = *FindDevicePreset(name);
      if (device.flops_per_second) devices.push_back(std::move(device));
    }
    ForEachModel([&](const ModelShape& model) {
      for (const Device& device : devices) {
        for (const int64_t length : {1, 100, 20'000}) {
          SCOPED_TRACE(testing::Message() << device.name << ", " << length);
          check(device, Plan(model, device, length));
        }
      }
    });
  }

  static Throughput Plan(const ModelShape& model, const Device& device,
                         int64_t length) {
    const Device devices[] = {{.name = "CPU"}, device};
    const EngineOptions options = {.sequence_length = length, .slot_count = 4};
    return ThroughputOf(
        PlacedWeights(model, KindsOf(model.layers), options, devices), options,
        devices);
  }
};

void ExpectNotSlower(const std::optional<TokenRate>& fast,
                     const std::optional<TokenRate>& slow) {
  ASSERT_TRUE(fast.has_value());
  ASSERT_TRUE(slow.has_value());
  constexpr double kRounding = 1 + 1e-9;
  EXPECT_GE(fast->low * kRounding, slow->low);
  EXPECT_GE(fast->high * kRounding, slow->high);
}

TEST_F(ThroughputPropertyTest, AFullCacheIsNotFasterThanAnEmptyOne) {
  ForEachPlan([](const Device&, const Throughput& throughput) {
    for (const auto& rate :
         {throughput.prefill, throughput.decode, throughput.decode_all}) {
      ASSERT_TRUE(rate.has_value());
      EXPECT_LE(rate->low, rate->high);
      EXPECT_GT(rate->low, 0);
    }
  });
}

TEST_F(ThroughputPropertyTest, ReadingIsNotSlowerThanWriting) {
  ForEachPlan([](const Device&, const Throughput& throughput) {
    ExpectNotSlower(throughput.prefill, throughput.decode);
  });
}

TEST_F(ThroughputPropertyTest, SequencesTogetherAreNotSlowerThanOne) {
  ForEachPlan([](const Device&, const Throughput& throughput) {
    ExpectNotSlower(throughput.decode_all, throughput.decode);
  });
}

TEST_F(ThroughputPropertyTest, MoreBandwidthAndComputeAreNotSlower) {
  ForEachModel([](const ModelShape& model) {
    Device device = *FindDevicePreset("rtx-4090");
    const Throughput before = Plan(model, device, 5000);

    device.bandwidth_per_second = 2 * *device.bandwidth_per_second;
    const Throughput wider = Plan(model, device, 5000);
    device.flops_per_second = 2 * *device.flops_per_second;
    const Throughput stronger = Plan(model, device, 5000);

    ExpectNotSlower(wider.decode, before.decode);
    ExpectNotSlower(wider.prefill, before.prefill);
    ExpectNotSlower(stronger.decode, wider.decode);
    ExpectNotSlower(stronger.prefill, wider.prefill);
  });
}

TEST_F(ThroughputPropertyTest, NoMoreIsReadThanIsThere) {
  ForEachModel([](const ModelShape& model) {
    const Device devices[] = {{.name = "CPU"}, *FindDevicePreset("rtx-4090")};
    for (const int64_t gpu_layers : {0, 3, 999}) {
      const PlacedWeights placed(
          model, KindsOf(model.layers),
          {.sequence_length = 1, .gpu_layers = gpu_layers}, devices);
      for (size_t i = 0; i < std::size(devices); ++i) {
        const ModelShare& share = placed.share(i);
        Bytes before = share.active_weights;
        for (const int64_t tokens : {1, 2, 10, 512}) {
          EXPECT_GE(share.WeightsRead(tokens), before);
          EXPECT_LE(share.WeightsRead(tokens), share.weights);
          before = share.WeightsRead(tokens);
        }
      }
    }
  });
}

}  // namespace
}  // namespace hwledger
