#include "core/runtime_estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "core/planner/device_presets.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

KnownModel Named(const std::string& name) {
  return CatalogueModel(name, **FindInCatalogue(name));
}

EstimateRequest Request(Runtime runtime, const std::string& quantization = "") {
  return {.quantization = quantization,
          .options = {.sequence_length = 8192},
          .runtime = RuntimeOptions{.runtime = runtime}};
}

absl::StatusOr<Estimate> EstimateOf(const EstimateRequest& request,
                                    const KnownModel& model,
                                    const std::vector<Device>& devices = {
                                        *FindDevicePreset("rtx-4090")}) {
  return EstimateForRuntime(request, *Shaped(model, ""), devices);
}

WeightPrecision PrecisionOf(const absl::StatusOr<Estimate>& estimate) {
  EXPECT_THAT(estimate, IsOk());
  return estimate.ok() ? estimate->format->precision : WeightPrecision::kFp32;
}

TEST(RuntimeEstimateTest, HasWeightsAsTheyArePublished) {
  const auto gpt_oss =
      EstimateOf(Request(Runtime::kVllm), Named("gpt-oss-20b"));

  EXPECT_EQ(PrecisionOf(gpt_oss), WeightPrecision::kMxfp4);
  EXPECT_THAT(gpt_oss->plan.warnings, IsEmpty());
  // metadata.total_size of openai/gpt-oss-20b, and a table of 131,072 rotations
  // of 64 elements.
  EXPECT_EQ(gpt_oss->plan.devices[0].weights,
            Bytes(13'761'264'768 + 131'072 * 64 * 2));
  EXPECT_EQ(gpt_oss->plan.verdict, Verdict::kFits);
  EXPECT_EQ(PrecisionOf(EstimateOf(Request(Runtime::kTransformers),
                                   Named("deepseek-v3"))),
            WeightPrecision::kFp8Block);
}

TEST(RuntimeEstimateTest, HasWeightsAsTheyAreAskedFor) {
  const auto estimate =
      EstimateOf(Request(Runtime::kVllm, "awq"), Named("qwen3-8b"));

  EXPECT_EQ(PrecisionOf(estimate), WeightPrecision::kAwq);
  EXPECT_THAT(
      FieldOf(EstimateOf(Request(Runtime::kVllm, "mlx-4bit"), Named("qwen3-8b"))
                  .status()),
      Optional(Eq("quantization")));
}

TEST(RuntimeEstimateTest, SaysWhatItAssumes) {
  KnownModel file = Named("qwen3-8b");
  file.file = "/m.gguf";
  file.published.reset();
  const auto of_file = EstimateOf(Request(Runtime::kVllm), file);
  EXPECT_EQ(PrecisionOf(of_file), WeightPrecision::k16Bit);
  EXPECT_THAT(of_file->plan.warnings,
              ElementsAre(HasSubstr("in bf16, as vLLM would load them")));

  KnownModel novel = Named("qwen3-8b");
  novel.published.reset();
  EXPECT_THAT(EstimateOf(Request(Runtime::kVllm), novel)->plan.warnings,
              ElementsAre(HasSubstr("in a form that is not known here")));

  EXPECT_THAT(
      EstimateOf(Request(Runtime::kMlx), Named("deepseek-v3"))->plan.warnings,
      ElementsAre(HasSubstr("MLX has no weights in fp8-block")));
  EXPECT_THAT(
      EstimateOf(Request(Runtime::kMlx), Named("qwen3-8b"))->plan.warnings,
      ElementsAre(HasSubstr("most repositories for MLX")));
  EXPECT_THAT(EstimateOf(Request(Runtime::kMlx, "bf16"), Named("qwen3-8b"))
                  ->plan.warnings,
              IsEmpty());
}

TEST(RuntimeEstimateTest, LosesNoneOfTheGpusThatWereAskedFor) {
  EstimateRequest request = Request(Runtime::kTransformers);
  const std::vector<Device> two(2, *FindDevicePreset("rtx-4090"));
  EXPECT_THAT(EstimateOf(request, Named("qwen3-8b"), two), IsOk());

  request.devices = {{.name = "rtx-4090"}, {.name = "rtx-4090"}};
  const auto estimate = EstimateOf(request, Named("qwen3-8b"), two);

  EXPECT_THAT(FieldOf(estimate.status()), Optional(Eq("devices")));
  EXPECT_THAT(estimate.status().message(), HasSubstr("Transformers"));
  request.runtime->runtime = Runtime::kVllm;
  EXPECT_THAT(EstimateOf(request, Named("qwen3-8b"), two), IsOk());
}

}  // namespace
}  // namespace hwledger
