#include "core/planner/vllm_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

struct Model {
  ModelShape shape;
  FormattedWeights weights;
};

Model ModelOf(std::string_view name, WeightPrecision precision) {
  const GgufHeader header = HeaderOf(**FindInCatalogue(name));
  return {.shape = *ShapeOf(header),
          .weights = WeightsIn(header, {.precision = precision})};
}

// Of so many hundredths of a GiB.
Device Gpu(int64_t hundredths) {
  const Bytes total(hundredths * GiB(1).count() / 100);
  return {
      .name = "GPU0", .kind = DeviceKind::kGpu, .total = total, .free = total};
}

VllmMemory Plan(const Model& model, const VllmOptions& options,
                const Device& device) {
  absl::StatusOr<VllmMemory> plan =
      VllmMemoryOf(model.shape, model.weights, options, device);
  EXPECT_THAT(plan, IsOk());
  return plan.ok() ? *std::move(plan) : VllmMemory{};
}

MemoryRange PartOf(const VllmMemory& plan, std::string_view name) {
  for (const RuntimePart& part : plan.memory.parts) {
    if (part.name == name) return part.size;
  }
  ADD_FAILURE() << name;
  return {};
}

void ExpectBetween(double low, double value, double high) {
  EXPECT_LE(low, value);
  EXPECT_LE(value, high);
}

TEST(VllmMemoryTest, AgreesWithALogOfVersion031) {
  // Llama 3.1 8B on an H100: 79.25 GiB x 0.92 leave 56.21 GiB, 460,496 tokens.
  const VllmMemory plan = Plan(ModelOf("llama-3.1-8b", WeightPrecision::k16Bit),
                               {.sequence_length = 131072,
                                .sequence_count = 1024,
                                .memory_utilization = 0.92},
                               Gpu(7925));

  ExpectBetween(plan.tokens_max.low, 460'496, plan.tokens_max.high);
  EXPECT_NEAR(plan.tokens_max.expected, 460'496, 0.02 * 460'496);
  EXPECT_NEAR(plan.sequences_max.expected, 3.51, 0.02 * 3.51);
}

TEST(VllmMemoryTest, BoundsALogOfVersion09) {
  // Qwen3 8B on an A100 of 39.39 GiB, without FlashInfer: 136,080 tokens.
  Device a100 = Gpu(3939);
  a100.description = "NVIDIA A100-SXM4-40GB";
  const VllmMemory plan =
      Plan(ModelOf("qwen3-8b", WeightPrecision::k16Bit),
           {.sequence_length = 40960, .sequence_count = 256}, a100);

  ExpectBetween(plan.tokens_max.low, 136'080, plan.tokens_max.high);
  EXPECT_NEAR(plan.tokens_max.expected, 136'080, 0.05 * 136'080);
}

TEST(VllmMemoryTest, TakesItsShareWhateverTheLoad) {
  const Model model = ModelOf("qwen3-8b", WeightPrecision::k16Bit);
  for (const int64_t length : {1024, 32768}) {
    const VllmMemory plan = Plan(model, {.sequence_length = length}, Gpu(2400));

    EXPECT_EQ(plan.share.mebibytes(), 2400 * 1024 / 100 * 9 / 10);
    EXPECT_EQ(plan.memory.total().expected, plan.share);
  }
}

TEST(VllmMemoryTest, LeavesNothingForTheCacheOfATooLargeModel) {
  const VllmMemory plan =
      Plan(ModelOf("llama-3.1-70b", WeightPrecision::k16Bit),
           {.sequence_length = 1024}, Gpu(8000));

  EXPECT_EQ(PartOf(plan, "keys and values"), Exactly(Bytes()));
  EXPECT_EQ(plan.tokens_max.high, 0);
  EXPECT_EQ(plan.verdict, Verdict::kDoesNotFit);
}

TEST(VllmMemoryTest, FitsWhatFitsByTheWorstFigures) {
  const Model model = ModelOf("qwen3-8b", WeightPrecision::k16Bit);
  const auto verdict = [&model](int64_t count) {
    return Plan(model, {.sequence_length = 8192, .sequence_count = count},
                Gpu(2400))
        .verdict;
  };

  EXPECT_EQ(verdict(1), Verdict::kFits);
  EXPECT_EQ(verdict(64), Verdict::kDoesNotFit);
}

TEST(VllmMemoryTest, DoesNotStartWhereLessThanItsShareIsFree) {
  Device device = Gpu(2400);
  device.free = GiB(21);
  const Model model = ModelOf("llama-3.2-1b", WeightPrecision::k16Bit);

  // 0.9 x 24 GiB are 21.6, and 0.8 x 24 are 19.2.
  EXPECT_EQ(Plan(model, {.sequence_length = 512}, device).verdict,
            Verdict::kDoesNotFit);
  EXPECT_EQ(
      Plan(model, {.sequence_length = 512, .memory_utilization = 0.8}, device)
          .verdict,
      Verdict::kFits);
}

TEST(VllmMemoryTest, SplitsMatricesAmongDevices) {
  const Model model = ModelOf("llama-3.1-8b", WeightPrecision::k16Bit);
  const Bytes table = Bytes(131072 * 128 * 2);
  const Bytes norms = Bytes((2 * 32 + 1) * 4096 * 2);

  EXPECT_EQ(VllmWeights(model.shape, model.weights, 1),
            model.weights.total + table);
  EXPECT_EQ(VllmWeights(model.shape, model.weights, 2),
            Bytes((model.weights.total - norms).count() / 2) + norms + table);
}

TEST(VllmMemoryTest, NeedsTheSamplerOrALayerWhicheverIsMore) {
  const Model model = ModelOf("llama-3.1-8b", WeightPrecision::k16Bit);
  const auto peak = [&model](int64_t batch, int64_t slots) {
    return VllmActivations(model.shape,
                           {.sequence_length = 1024, .batch_tokens_max = batch},
                           slots)
        .expected;
  };

  // 8192 tokens x (2 x 4096 + 3 x 14336) elements x 2 bytes: 800 MiB.
  EXPECT_EQ(peak(8192, 1), MiB(800));
  // 1024 rows of 128,256 logits, 10 bytes each: 1252.5 MiB.
  EXPECT_EQ(peak(8192, 1024), KiB(1'282'560));
}

TEST(VllmMemoryTest, NeedsMoreWhereTheSamplerSorts) {
  const Model model = ModelOf("llama-3.1-8b", WeightPrecision::k16Bit);
  const MemoryRange peak = VllmActivations(
      model.shape, {.sequence_length = 1024, .batch_tokens_max = 2048}, 256);

  // vLLM pull request 10511: 1.26 GiB for 256 rows of 128,256 logits.
  EXPECT_NEAR(static_cast<double>(peak.high.mebibytes()), 1.26 * 1024, 10);
}

TEST(VllmMemoryTest, NeedsNoGraphsWhenEager) {
  const Model model = ModelOf("llama-3.2-1b", WeightPrecision::k16Bit);

  EXPECT_EQ(PartOf(Plan(model, {.sequence_length = 512, .enforce_eager = true},
                        Gpu(2400)),
                   "CUDA graphs"),
            MemoryRange{});
}

TEST(VllmMemoryTest, BatchesLessOnAnA100) {
  EXPECT_EQ(VllmBatchTokens(Gpu(7925)), 8192);
  EXPECT_EQ(VllmBatchTokens(Gpu(2400)), 2048);
  Device a100 = Gpu(7925);
  a100.description = "NVIDIA A100 80GB SXM";
  EXPECT_EQ(VllmBatchTokens(a100), 2048);
}

TEST(VllmMemoryTest, NamesTheOptionThatIsWrong) {
  const Model model = ModelOf("llama-3.2-1b", WeightPrecision::k16Bit);
  const auto field = [&model](const VllmOptions& options) {
    return FieldOf(
        VllmMemoryOf(model.shape, model.weights, options, Gpu(2400)).status());
  };

  EXPECT_EQ(field({.sequence_length = 0}), "sequence_length");
  EXPECT_EQ(field({.sequence_length = 1, .sequence_count = 0}), "batch_size");
  EXPECT_EQ(field({.sequence_length = 1, .batch_tokens_max = -1}),
            "max_num_batched_tokens");
  EXPECT_EQ(field({.sequence_length = 1, .tensor_parallel_size = 0}),
            "tensor_parallel_size");
  EXPECT_EQ(field({.sequence_length = 1, .memory_utilization = 1.5}),
            "gpu_memory_utilization");
  // The model has 32 heads.
  EXPECT_EQ(field({.sequence_length = 1, .tensor_parallel_size = 3}),
            "tensor_parallel_size");
  EXPECT_EQ(FieldOf(VllmMemoryOf(model.shape, model.weights,
                                 {.sequence_length = 1}, {.name = "?"})
                        .status()),
            "devices");
}

}  // namespace
}  // namespace hwledger
