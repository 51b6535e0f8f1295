#include "core/planner/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "core/model/model_shape.h"
#include "core/model/quantize_mix.h"
#include "core/planner/planner.h"
#include "tests/planner/fit_step.h"
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

ModelShape ShapeOfEntry(const std::string& name, const std::string& mix) {
  const auto header = Quantize(HeaderOf(**FindInCatalogue(name)), mix);
  EXPECT_THAT(header, IsOk());
  return *ShapeOf(*header);
}

bool FitsAsPlanned(const ModelShape& model, const EngineOptions& options,
                   const std::vector<Device>& devices) {
  const auto plan = PlanMemory(model, options, devices);
  return plan.ok() && plan->verdict != Verdict::kDoesNotFit;
}

// Whether one more would not be allowed.
bool IsLargest(const ModelShape& model, const EngineOptions& options,
               FitGoal goal) {
  switch (goal) {
    case FitGoal::kSequenceLength:
      return options.sequence_length == model.context_tokens_max;
    case FitGoal::kSlotCount:
      return options.slot_count == kSlotsMax;
    case FitGoal::kGpuLayers:
      return options.gpu_layers == std::ssize(model.layers) + 1;
  }
  return false;
}

// Dense, sliding window, latent attention, recurrent; on one GPU and on two of
// different size.
class FitBoundaryTest
    : public testing::TestWithParam<std::tuple<std::string, FitGoal>> {};

TEST_P(FitBoundaryTest, FitsAndOneStepFurtherDoesNot) {
  const auto& [name, goal] = GetParam();
  const ModelShape model = ShapeOfEntry(name, "Q4_K_M");
  for (const int64_t gpu_gib : {2, 6, 12, 40}) {
    for (const int64_t gpu_count : {1, 2}) {
      SCOPED_TRACE(testing::Message() << gpu_count << " x " << gpu_gib);
      std::vector<Device> devices = {kHost};
      for (int64_t i = 0; i < gpu_count; ++i) {
        devices.push_back(kGpu);
        devices.back().free = GiB(gpu_gib) - i * GiB(1);
      }
      const auto fit =
          FitMemory(model, {.sequence_length = 4096}, devices, goal);
      ASSERT_THAT(fit, IsOk());

      EXPECT_EQ(FitsAsPlanned(model, fit->options, devices), fit->fits);
      EXPECT_TRUE(IsLargest(model, fit->options, goal) ||
                  !FitsAsPlanned(model, OneMore(fit->options, goal), devices));
    }
  }
}

std::string BoundaryName(
    const testing::TestParamInfo<FitBoundaryTest::ParamType>& parameters) {
  const auto& [name, goal] = parameters.param;
  std::string text = goal == FitGoal::kSequenceLength ? "SequenceLength"
                     : goal == FitGoal::kSlotCount    ? "SlotCount"
                                                      : "GpuLayers";
  for (const char c : name) text += std::isalnum(c) != 0 ? c : '_';
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    All, FitBoundaryTest,
    testing::Combine(testing::Values("llama-3.1-8b", "gemma-3-12b",
                                     "deepseek-v2-lite", "mamba2-2.7b"),
                     testing::Values(FitGoal::kSequenceLength,
                                     FitGoal::kSlotCount, FitGoal::kGpuLayers)),
    BoundaryName);

// Weighs nothing and caches 4 KiB per token in its only layer.
ModelShape CacheOnly() {
  return {.layers = {{.key_elements = 1024,
                      .value_elements = 1024,
                      .widths = {.query_heads = 8}}},
          .context_tokens_max = 1 << 20};
}

// The cache takes 1 MiB for each 256 tokens, and the mask of a micro-batch of
// one token half a KiB; nothing else has a size.
TEST(FitMemoryTest, FindsTheLastTokenThatFits) {
  Device host = kHost;
  host.free = MiB(16) + KiB(8);

  const auto fit = FitMemory(CacheOnly(), {.micro_batch_size = 1}, {host},
                             FitGoal::kSequenceLength);

  ASSERT_THAT(fit, IsOk());
  EXPECT_EQ(fit->options.sequence_length, 16 * 256);
}

TEST(FitMemoryTest, SaysThatNothingFits) {
  Device host = kHost;
  host.free = MiB(1);
  const ModelShape model = ShapeOfEntry("llama-3.2-1b", "Q8_0");

  const auto fit = FitMemory(model, {}, {host}, FitGoal::kSequenceLength);

  ASSERT_THAT(fit, IsOk());
  EXPECT_FALSE(fit->fits);
  EXPECT_EQ(fit->options.sequence_length, 1);
}

TEST(FitMemoryTest, NeedsToKnowTheMemory) {
  const auto fit =
      FitMemory(CacheOnly(), {}, {{.name = "CPU"}}, FitGoal::kSequenceLength);

  EXPECT_THAT(fit, StatusIs(absl::StatusCode::kInvalidArgument,
                            HasSubstr("known; got \"CPU\"")));
  EXPECT_THAT(FieldOf(fit.status()), Optional(Eq("devices")));
}

TEST(FitMemoryTest, NeedsAGpuToPutLayersOn) {
  const auto fit = FitMemory(CacheOnly(), {.sequence_length = 1}, {kHost},
                             FitGoal::kGpuLayers);

  EXPECT_THAT(fit, StatusIs(absl::StatusCode::kInvalidArgument,
                            HasSubstr("must have a GPU")));
}

TEST(FitMemoryTest, RefusesOptionsThatAreOutOfRange) {
  const auto fit = FitMemory(CacheOnly(), {.sequence_length = 0}, {kHost, kGpu},
                             FitGoal::kSlotCount);

  EXPECT_THAT(FieldOf(fit.status()), Optional(Eq("sequence_length")));
}

TEST(WithReserveTest, LeavesATwentiethUnlessTold) {
  const std::vector<Device> devices = {kHost, kGpu};

  EXPECT_EQ(WithReserve(devices, std::nullopt)[1].free,
            GiB(24) - Bytes(GiB(24).count() / 20));
  EXPECT_EQ(WithReserve(devices, GiB(1))[0].free, GiB(63));
  EXPECT_EQ(WithReserve(devices, GiB(25))[1].free, Bytes());
}

}  // namespace
}  // namespace hwledger
