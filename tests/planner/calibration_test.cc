#include "core/planner/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

RateClass Class(const std::string& digest) {
  return {.model_digest = digest,
          .architecture = "llama",
          .quantization = "Q8_0",
          .placement = "CPU",
          .kv_cache_type_k = "f16",
          .kv_cache_type_v = "f16"};
}

// Empty 100 tokens per second, full 50.
const Throughput kBound = {.prefill = TokenRate{.low = 500, .high = 1000},
                           .decode = TokenRate{.low = 50, .high = 100},
                           .decode_all = TokenRate{.low = 150, .high = 300}};
constexpr EngineOptions kOptions = {.sequence_length = 1000,
                                    .micro_batch_size = 512};

TEST(SampleOfTest, ComparesARateWithTheBoundAtTheSameFill) {
  // On average 500 of 1000 tokens are cached: 1 / (0.5 / 100 + 0.5 / 50).
  const RateSample sample = SampleOf(Class("a"),
                                     {.prompt_tokens = 450,
                                      .cached_prompt_tokens = 450,
                                      .completion_tokens = 101,
                                      .decode_time = absl::Seconds(3)},
                                     kBound, kOptions);

  ASSERT_TRUE(sample.decode_ratio.has_value());
  EXPECT_NEAR(*sample.decode_ratio, (100.0 / 3) / (1 / 0.015), 0.001);
  EXPECT_EQ(sample.prefill_ratio, std::nullopt);
}

TEST(SampleOfTest, ComparesPrefillLikewise) {
  // 400 tokens in a second; in the middle 600 of 1000 are cached.
  const RateSample sample = SampleOf(Class("a"),
                                     {.prompt_tokens = 800,
                                      .cached_prompt_tokens = 400,
                                      .completion_tokens = 1,
                                      .prefill_time = absl::Seconds(1)},
                                     kBound, kOptions);

  ASSERT_TRUE(sample.prefill_ratio.has_value());
  EXPECT_NEAR(*sample.prefill_ratio, 400 * (0.4 / 1000 + 0.6 / 500), 0.001);
  EXPECT_EQ(sample.decode_ratio, std::nullopt);
}

TEST(SampleOfTest, TakesNothingFromWhatWasTooShort) {
  const RateSample sample = SampleOf(Class("a"),
                                     {.prompt_tokens = 255,
                                      .completion_tokens = 15,
                                      .prefill_time = absl::Seconds(1),
                                      .decode_time = absl::Seconds(1)},
                                     kBound, kOptions);

  EXPECT_EQ(sample.decode_ratio, std::nullopt);
  EXPECT_EQ(sample.prefill_ratio, std::nullopt);
}

TEST(SampleOfTest, TakesNothingWhereNoBoundWasKnown) {
  const RateSample sample = SampleOf(Class("a"),
                                     {.prompt_tokens = 512,
                                      .completion_tokens = 100,
                                      .prefill_time = absl::Seconds(1),
                                      .decode_time = absl::Seconds(1)},
                                     {}, kOptions);

  EXPECT_EQ(sample.decode_ratio, std::nullopt);
  EXPECT_EQ(sample.prefill_ratio, std::nullopt);
}

std::vector<RateSample> Decoded(const RateClass& rate_class,
                                const std::vector<double>& ratios) {
  std::vector<RateSample> samples;
  for (const double ratio : ratios) {
    samples.push_back({.rate_class = rate_class, .decode_ratio = ratio});
  }
  return samples;
}

TEST(MeasurementsTest, FindTheMedianOfAClass) {
  const Measurements measured(Decoded(Class("a"), {0.9, 0.1, 0.5}), {});

  const Calibration found = measured.Find(Class("a"));

  EXPECT_EQ(found.decode_count, 3);
  EXPECT_EQ(found.decode_ratio, 0.5);
  EXPECT_EQ(found.prefill_count, 0);
  EXPECT_EQ(found.prefill_ratio, 1);
}

TEST(MeasurementsTest, PreferTheModelItselfToItsKind) {
  std::vector<RateSample> samples = Decoded(Class("a"), {0.5});
  for (const RateSample& other : Decoded(Class("b"), {0.9, 0.9})) {
    samples.push_back(other);
  }
  const Measurements measured(samples, {});

  EXPECT_EQ(measured.Find(Class("a")).decode_ratio, 0.5);
  EXPECT_EQ(measured.Find(Class("c")).decode_ratio, 0.9);
  EXPECT_EQ(measured.Find(Class("c")).decode_count, 3);
}

TEST(MeasurementsTest, DoNotMixOtherPlacementsTypesAndArchitectures) {
  const Measurements measured(Decoded(Class("a"), {0.5}), {});
  RateClass on_gpu = Class("a");
  on_gpu.placement = "CUDA0";
  RateClass smaller_cache = Class("a");
  smaller_cache.kv_cache_type_v = "q8_0";
  RateClass other = Class("b");
  other.architecture = "gemma3";

  EXPECT_TRUE(measured.Find(on_gpu).empty());
  EXPECT_TRUE(measured.Find(smaller_cache).empty());
  EXPECT_TRUE(measured.Find(other).empty());
  EXPECT_TRUE(Measurements().Find(Class("a")).empty());
}

TEST(MeasurementsTest, FindTheOverheadOfJustThisModel) {
  const Measurements measured({},
                              {{"a", MiB(9)}, {"a", MiB(7)}, {"a", MiB(8)}});

  EXPECT_EQ(measured.Find(Class("a")).overhead, MiB(8));
  EXPECT_EQ(measured.Find(Class("a")).overhead_count, 3);
  EXPECT_TRUE(measured.Find(Class("b")).empty());
}

TEST(CalibratedTest, ScalesEachRateByItsRatio) {
  const Throughput expected = Calibrated(kBound, {.decode_count = 1,
                                                  .decode_ratio = 0.5,
                                                  .prefill_count = 1,
                                                  .prefill_ratio = 0.1});

  EXPECT_EQ(expected.decode->low, 25);
  EXPECT_EQ(expected.decode->high, 50);
  EXPECT_EQ(expected.decode_all->high, 150);
  EXPECT_EQ(expected.prefill->low, 50);
  EXPECT_EQ(Calibrated(kBound, {}).decode->low, 50);
  EXPECT_EQ(Calibrated({}, {.decode_ratio = 0.5}).decode, std::nullopt);
}

}  // namespace
}  // namespace hwledger
