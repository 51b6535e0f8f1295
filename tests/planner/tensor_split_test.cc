#include "core/planner/tensor_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "core/model/quantize_mix.h"
#include "core/planner/device_presets.h"
#include "core/planner/fit.h"
#include "core/planner/launch_command.h"
#include "core/planner/planner.h"
#include "tests/planner/fit_step.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

const EngineOptions kTensor = {.sequence_length = 8192,
                               .split_mode = SplitMode::kTensor};

ModelShape ShapeOfEntry(const std::string& name) {
  return *ShapeOf(HeaderOf(**FindInCatalogue(name)));
}

std::vector<Device> TwoCards() {
  return {{.name = "CPU", .free = GiB(64), .bandwidth_per_second = GiB(50)},
          *FindDevicePreset("rtx-4090"),
          *FindDevicePreset("rtx-4090")};
}

TEST(TensorSplitTest, GivesEachOfTwoDevicesHalfOfWhatCanBeDivided) {
  const ModelShape model = ShapeOfEntry("llama-3.1-8b");
  const auto plan = PlanMemory(model, kTensor, TwoCards());
  const std::vector<Device> one = {TwoCards()[0], TwoCards()[1]};
  const auto alone = PlanMemory(model, kTensor, one);

  ASSERT_THAT(plan, IsOk());
  const DevicePlan& first = plan->devices[1];
  const DevicePlan& second = plan->devices[2];
  // 32 layers of 8 heads of 128 keys and values in F16.
  EXPECT_EQ(first.kv_cache, 8192 * Bytes(32 * 4 * 2 * 128 * 2));
  EXPECT_EQ(second.kv_cache, first.kv_cache);
  // Two norms a layer and one for the output are on both, F32, and factors of
  // RoPE, one for every two of a head's elements.
  EXPECT_EQ(first.weights + second.weights,
            alone->devices[1].weights + Bytes((65 * 4096 + 64) * 4));
  EXPECT_EQ(first.weights, second.weights);
  EXPECT_EQ(first.layer_count, 32);
  EXPECT_EQ(second.layer_count, 32);
  EXPECT_EQ(first.compute_buffer, alone->devices[1].compute_buffer);
}

// One card takes twice as long over what two share.
TEST(TensorSplitTest, IsFasterThanOneDevice) {
  const ModelShape model = ShapeOfEntry("llama-3.1-8b");
  const std::vector<Device> one = {TwoCards()[0], TwoCards()[1]};
  const auto plan = PlanMemory(model, kTensor, TwoCards());
  const auto alone = PlanMemory(model, kTensor, one);

  ASSERT_THAT(plan, IsOk());
  EXPECT_NEAR(plan->throughput.decode->high / alone->throughput.decode->high, 2,
              0.01);
  EXPECT_NEAR(plan->throughput.prefill->high / alone->throughput.prefill->high,
              2, 0.02);
}

TEST(TensorSplitTest, HoldsOneEmbeddingOnEachDeviceWhereItIsTheOutputToo) {
  const ModelShape model = ShapeOfEntry("llama-3.2-1b");
  const auto plan = PlanMemory(model, kTensor, TwoCards());

  ASSERT_THAT(plan, IsOk());
  const Bytes rest = plan->devices[1].weights - model.embedding_weights;
  Bytes layers;
  for (const Layer& layer : model.layers) layers += layer.weights;
  EXPECT_GT(rest, Bytes(layers.count() / 2));
  EXPECT_LT(rest, Bytes(layers.count() / 2) + MiB(1));
}

TEST(TensorSplitTest, FitsWhatOneStepFurtherDoesNot) {
  const auto quantized =
      Quantize(HeaderOf(**FindInCatalogue("llama-3.1-70b")), "Q4_K_M");
  ASSERT_THAT(quantized, IsOk());
  const ModelShape model = *ShapeOf(*quantized);
  const auto fits = [&](const EngineOptions& options) {
    const auto plan = PlanMemory(model, options, TwoCards());
    return plan.ok() && plan->verdict != Verdict::kDoesNotFit;
  };
  for (const FitGoal goal :
       {FitGoal::kSequenceLength, FitGoal::kSlotCount, FitGoal::kGpuLayers}) {
    const auto fit = FitMemory(model, kTensor, TwoCards(), goal);

    ASSERT_THAT(fit, IsOk());
    EXPECT_TRUE(fit->fits);
    EXPECT_TRUE(fits(fit->options));
    EXPECT_TRUE(!fits(OneMore(fit->options, goal)) ||
                fit->options.gpu_layers == std::ssize(model.layers) + 1);
  }
}

TEST(TensorSplitTest, RefusesByNameWhatCannotBePlanned) {
  const auto expect = [](const std::string& model, const EngineOptions& options,
                         const std::string& field, const std::string& value) {
    EXPECT_THAT(PlanMemory(ShapeOfEntry(model), options, TwoCards()),
                StatusIs(kInvalid, AllOf(HasSubstr(field), HasSubstr(value))));
  };
  EngineOptions plain = kTensor;
  plain.flash_attention = FlashAttention::kOff;
  EngineOptions on_host = kTensor;
  on_host.cpu_moe_layers = 3;
  EngineOptions rows = kTensor;
  rows.split_mode = SplitMode::kRow;

  expect("deepseek-v3", kTensor, "split_mode", "deepseek2");
  expect("mamba2-2.7b", kTensor, "split_mode", "mamba2");
  expect("llama-3.1-8b", plain, "flash_attention", "OFF");
  expect("mixtral-8x7b", on_host, "cpu_moe_layers", "3");
  expect("llama-3.1-8b", rows, "split_mode", "ROW");
  EXPECT_THAT(
      PlanMemory(ShapeOfEntry("llama-3.1-8b"), kTensor, {TwoCards()[0]}),
      StatusIs(kInvalid, HasSubstr("GPU")));
}

TEST(TensorSplitTest, IsAsked) {
  EXPECT_THAT(LlamaServerCommand("/m.gguf", kTensor),
              HasSubstr(" --split-mode tensor"));
}

}  // namespace
}  // namespace hwledger
