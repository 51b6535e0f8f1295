#include "core/model/weight_precision.h"

#include <gtest/gtest.h>

#include "core/model/catalogue.h"

namespace hwledger {
namespace {

FormattedWeights WeightsOf(std::string_view name, WeightPrecision precision,
                           int64_t group_elements = 0) {
  return WeightsIn(HeaderOf(**FindInCatalogue(name)),
                   {.precision = precision, .group_elements = group_elements});
}

double GibibytesOf(Bytes size) {
  return static_cast<double>(size.count()) / static_cast<double>(1 << 30);
}

// What vLLM logs as taken by loading a model holds its table of rotations too:
// a row of one head per position, in 16 bits (Llama 3.1 8B: 32 MiB).
double LoadedGibibytes(Bytes weights, int64_t positions) {
  return GibibytesOf(weights + positions * Bytes(128 * 2));
}

TEST(WeightPrecisionTest, TakesTwoBytesPerParameterAsPublished) {
  // metadata.total_size of Llama 3.1 70B's model.safetensors.index.json (the
  // model is 70,553,706,496 parameters), as exo lists it for the fine-tune
  // Llama-3.1-Nemotron-70B-Instruct-HF-bf16.
  EXPECT_EQ(WeightsOf("llama-3.1-70b", WeightPrecision::k16Bit).total,
            Bytes(141'107'412'992));
}

TEST(WeightPrecisionTest, KeepsTheExpertsOfGptOssInMxfp4) {
  // metadata.total_size of openai/gpt-oss-20b.
  EXPECT_EQ(WeightsOf("gpt-oss-20b", WeightPrecision::kMxfp4).total,
            Bytes(13'761'264'768));
}

TEST(WeightPrecisionTest, CountsTheScalesAndZerosOfAwq) {
  // metadata.total_size of DeepSeek-V3 in AWQ, in groups of 64, as found in
  // kvcache-ai/sglang_awq.
  EXPECT_EQ(WeightsOf("deepseek-v3", WeightPrecision::kAwq, 64).total,
            Bytes(364'589'799'936));
}

TEST(WeightPrecisionTest, CountsTheScalesAndBiasesOfMlx) {
  // exo's model cards of mlx-community/Llama-3.1-Nemotron-70B-Instruct-HF-4bit
  // and -8bit.
  EXPECT_EQ(WeightsOf("llama-3.1-70b", WeightPrecision::kMlx4).total,
            Bytes(39'688'355'840));
  EXPECT_EQ(WeightsOf("llama-3.1-70b", WeightPrecision::kMlx8).total,
            Bytes(74'964'549'632));
}

TEST(WeightPrecisionTest, MixesMxfp4WithEightBitsForGptOssInMlx) {
  // exo rounds mlx-community/gpt-oss-20b-MXFP4-Q8 to 11.2 GiB.
  EXPECT_NEAR(
      GibibytesOf(WeightsOf("gpt-oss-20b", WeightPrecision::kMlx8).total), 11.2,
      0.05);
}

TEST(WeightPrecisionTest, CountsTheIndicesOfGptq) {
  const Bytes awq = WeightsOf("llama-3.1-8b", WeightPrecision::kAwq).total;
  const Bytes gptq = WeightsOf("llama-3.1-8b", WeightPrecision::kGptq).total;

  // Per layer 6 matrices with 4096 inputs and one with 14336, 4 bytes each.
  EXPECT_EQ(gptq - awq, Bytes(32 * (6 * 4096 + 14336) * 4));
  // vLLM loads nalrunyan/llama3-8b-gptq-4bit, of 8192 positions, in 5.3473 GiB.
  EXPECT_NEAR(LoadedGibibytes(gptq, 8192), 5.3473, 0.002 * 5.3473);
}

TEST(WeightPrecisionTest, AgreesWithWhatVllmLoadsFrom16Bits) {
  // vLLM 0.8, pull request 17122, and vLLM 0.9.2.
  EXPECT_NEAR(
      LoadedGibibytes(WeightsOf("llama-3.1-8b", WeightPrecision::k16Bit).total,
                      131072),
      14.9889, 0.0005);
  EXPECT_NEAR(LoadedGibibytes(
                  WeightsOf("qwen3-8b", WeightPrecision::k16Bit).total, 40960),
              15.2683, 0.0025);
}

TEST(WeightPrecisionTest, AgreesWithWhatVllmLoadsFromFourBits) {
  // vLLM logs 5.2 GiB for Qwen/Qwen2.5-7B-Instruct-AWQ, 3.89 GiB for Mistral 7B
  // v0.3 in AWQ, 5.6473 GiB for Llama 3.1 8B in NVFP4 (0.13) and 5.34 GiB with
  // bitsandbytes, which it quantizes twice.
  EXPECT_NEAR(LoadedGibibytes(
                  WeightsOf("qwen2.5-7b", WeightPrecision::kAwq).total, 32768),
              5.2, 0.005);
  EXPECT_NEAR(LoadedGibibytes(
                  WeightsOf("mistral-7b", WeightPrecision::kAwq).total, 32768),
              3.89, 0.01);
  EXPECT_NEAR(
      LoadedGibibytes(WeightsOf("llama-3.1-8b", WeightPrecision::kNvfp4).total,
                      131072),
      5.6473, 0.0025);
  EXPECT_NEAR(
      LoadedGibibytes(
          WeightsOf("llama-3.1-8b", WeightPrecision::kNf4DoubleQuant).total,
          131072),
      5.34, 0.005);
}

TEST(WeightPrecisionTest, AgreesWithWhatVllmLoadsFromFp8Blocks) {
  // vLLM issue 25350: 29.09 GiB for Qwen3-30B-A3B in FP8, of 262144 positions.
  EXPECT_NEAR(
      LoadedGibibytes(
          WeightsOf("qwen3-30b-a3b", WeightPrecision::kFp8Block).total, 262144),
      29.09, 0.01);
}

TEST(WeightPrecisionTest, KeepsTheEndsAndTheRouterIn16Bits) {
  const FormattedWeights weights =
      WeightsOf("mixtral-8x7b", WeightPrecision::kAwq);

  // 32000 x 4096 elements.
  EXPECT_EQ(weights.embedding, Bytes(32000 * 4096 * 2));
  EXPECT_EQ(weights.output, weights.embedding);
  // Per layer a router of 8 x 4096 and two norms, and the last norm.
  EXPECT_EQ(weights.replicated, Bytes((32 * (8 + 2) * 4096 + 4096) * 2));
}

TEST(WeightPrecisionTest, SavesBytesWithASecondQuantization) {
  const Bytes once = WeightsOf("llama-3.1-8b", WeightPrecision::kNf4).total;
  const Bytes twice =
      WeightsOf("llama-3.1-8b", WeightPrecision::kNf4DoubleQuant).total;

  // 6,979,321,856 weights in blocks of 64 give up 3 of 4 bytes each; 224
  // matrices get a table of 256 values and every 256 blocks one.
  constexpr int64_t kBlocks = 6'979'321'856 / 64;
  EXPECT_EQ(once - twice, Bytes(kBlocks * 3 - 224 * 1024 - kBlocks / 256 * 4));
}

TEST(WeightPrecisionTest, FindsAFormatByItsName) {
  EXPECT_EQ(FindWeightPrecision("FP8-Block"), WeightPrecision::kFp8Block);
  EXPECT_EQ(FindWeightPrecision("fp16"), WeightPrecision::k16Bit);
  EXPECT_EQ(FindWeightPrecision("Q4_K_M"), std::nullopt);
  EXPECT_EQ(NameOf(WeightPrecision::kMlx4), "mlx-4bit");
}

}  // namespace
}  // namespace hwledger
