#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/estimator.h"
#include "core/field_error.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::Contains;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

// A machine with one GPU, whose engine cannot be asked.
class EstimatorDevicesTest : public testing::Test {
 protected:
  // A request for a GPU of so much memory.
  static EstimateRequest On(Bytes memory) {
    return {.model_id = "llama-3.1-8b",
            .options = {.sequence_length = 8192},
            .devices = {{.name = "gpu", .memory = memory}}};
  }

  ModelStore store_{HWLEDGER_DEMO};
  Hardware hardware_{[](DeviceRates) {
    return std::vector<Device>{{.name = "CPU", .free = GiB(64)}};
  }};
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions&) {
                         return absl::StatusOr<std::vector<DeviceUse>>(
                             absl::UnavailableError("no engine in this test"));
                       }};
};

// Llama 3.1 8B takes 15.0 GiB in BF16, 8.0 in Q8_0 and 4.6 in Q4_K_M, of which
// the embedding (1.0, 0.5, 0.3) stays on the host; the cache takes 1 GiB.
TEST_F(EstimatorDevicesTest, FindsTheBestQuantizationThatFits) {
  const auto in_24 = estimator_.FitQuantization(On(GiB(24)), std::nullopt, {});
  const auto in_12 = estimator_.FitQuantization(On(GiB(12)), std::nullopt, {});
  const auto in_6 = estimator_.FitQuantization(On(GiB(6)), std::nullopt, {});

  ASSERT_THAT(in_24, IsOk());
  EXPECT_EQ(in_24->request.quantization, "");
  ASSERT_THAT(in_12, IsOk());
  EXPECT_EQ(in_12->request.quantization, "Q8_0");
  ASSERT_THAT(in_6, IsOk());
  EXPECT_EQ(in_6->request.quantization, "Q4_K_M");
  EXPECT_TRUE(in_6->fits);
}

TEST_F(EstimatorDevicesTest, ChoosesAmongTheQuantizationsGiven) {
  const auto fit = estimator_.FitQuantization(On(GiB(12)), std::nullopt,
                                              {"BF16", "Q2_K", "Q8_0"});

  ASSERT_THAT(fit, IsOk());
  EXPECT_EQ(fit->request.quantization, "Q2_K");
}

TEST_F(EstimatorDevicesTest, SaysThatNoQuantizationFits) {
  const auto fit = estimator_.FitQuantization(On(GiB(1)), std::nullopt, {});

  ASSERT_THAT(fit, IsOk());
  EXPECT_FALSE(fit->fits);
  EXPECT_EQ(fit->estimate.plan.verdict, Verdict::kDoesNotFit);
}

TEST_F(EstimatorDevicesTest, NeedsToKnowTheMemoryThatAQuantizationIsToFit) {
  Hardware hardware([](DeviceRates) {
    return std::vector<Device>{{.name = "CPU"},
                               {.name = "GPU0", .kind = DeviceKind::kGpu}};
  });
  Estimator estimator(store_, hardware, /*dry_run=*/nullptr);

  const auto fit = estimator.FitQuantization(
      {.model_id = "llama-3.1-8b", .options = {.sequence_length = 8192}},
      std::nullopt, {});

  EXPECT_THAT(fit, StatusIs(absl::StatusCode::kInvalidArgument,
                            HasSubstr("known; got \"GPU0\"")));
  EXPECT_THAT(FieldOf(fit.status()), Optional(Eq("devices")));
}

TEST_F(EstimatorDevicesTest, LeavesTheReserveFree) {
  const auto fit =
      estimator_.Fit(On(GiB(24)), FitGoal::kSequenceLength, GiB(4));

  ASSERT_THAT(fit, IsOk());
  const DevicePlan& gpu = fit->estimate.plan.devices[1];
  EXPECT_LE(gpu.total(), GiB(20));
  EXPECT_GT(gpu.total(), GiB(20) - MiB(64));  // 256 tokens take 32 MiB.
}

TEST_F(EstimatorDevicesTest, SolvesByFormulasOnly) {
  EstimateRequest request = On(GiB(24));
  request.method = PredictionMethod::kDryRun;

  const auto fit =
      estimator_.Fit(request, FitGoal::kSequenceLength, std::nullopt);

  EXPECT_THAT(FieldOf(fit.status()), Optional(Eq("method")));
}

TEST_F(EstimatorDevicesTest, PlansAnIntegratedGpuWithTheMachineThatItIsPartOf) {
  const auto estimate =
      estimator_.Predict({.model_id = "llama-3.1-8b",
                          .options = {.sequence_length = 8192},
                          .devices = {{.name = "apple-m2-16gb"}}});

  ASSERT_THAT(estimate, IsOk());
  ASSERT_EQ(estimate->plan.devices.size(), 2U);
  EXPECT_EQ(estimate->plan.devices[0].device.free, GiB(16));
  // 14.0 GiB of layers do not fit into 10.7; with the 1 GiB of the embedding
  // and 1 GiB of cache not into 16 either.
  EXPECT_EQ(estimate->plan.devices[0].verdict, Verdict::kDoesNotFit);
  EXPECT_EQ(estimate->plan.devices[1].verdict, Verdict::kDoesNotFit);
}

TEST_F(EstimatorDevicesTest, KnowsThatTwoIntegratedGpusAreTwoMachines) {
  const auto estimate = estimator_.Predict(
      {.model_id = "llama-3.1-8b",
       .options = {.sequence_length = 8192},
       .devices = {{.name = "apple-m2-16gb"}, {.name = "apple-m2-16gb"}}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_TRUE(estimate->plan.devices[1].device.unified_memory);
  EXPECT_FALSE(estimate->plan.devices[2].device.unified_memory);
  EXPECT_EQ(estimate->plan.verdict, Verdict::kFits);
}

TEST_F(EstimatorDevicesTest, SaysThatTheGpuTakesFromTheHost) {
  const auto estimate =
      estimator_.Predict({.model_id = "llama-3.1-8b",
                          .options = {.sequence_length = 65536},
                          .devices = {{.name = "apple-m2-16gb"}}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_THAT(estimate->plan.warnings,
              Contains(HasSubstr("The GPU's memory is the CPU's")));
}

TEST_F(EstimatorDevicesTest, TakesEachOfThisMachinesDevicesOnce) {
  const auto estimate = estimator_.Predict(
      {.model_id = "llama-3.1-8b",
       .options = {.sequence_length = 8192},
       .devices = {{.name = "CPU"}, {.name = "CPU", .memory = GiB(8)}}});

  EXPECT_THAT(estimate, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr("got \"CPU\" twice")));
  EXPECT_THAT(FieldOf(estimate.status()), Optional(Eq("devices")));
}

TEST_F(EstimatorDevicesTest, AsksTheEngineWhereAllDevicesAreNamed) {
  EstimateRequest request = {.model_id = "demo",
                             .options = {.sequence_length = 64},
                             .devices = {{.name = "CPU"}},
                             .method = PredictionMethod::kDryRun};

  // The engine was asked.
  EXPECT_THAT(estimator_.Predict(request),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("no engine in this test")));

  request.devices = {{.name = "CPU", .memory = GiB(8)}};
  EXPECT_THAT(estimator_.Predict(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("own devices; got \"CPU\"")));
}

TEST_F(EstimatorDevicesTest, SaysWhatKeepsTheEngineFromBeingAsked) {
  const auto refusal = [this](EstimateRequest request) {
    request.options.sequence_length = 64;
    request.method = PredictionMethod::kDryRun;
    return std::string(estimator_.Predict(request).status().message());
  };

  EXPECT_THAT(refusal({.model_id = "llama-3.1-8b"}),
              HasSubstr("needs a model file, which \"llama-3.1-8b\" has not"));
  EXPECT_THAT(refusal({.model_id = "demo", .quantization = "Q8_0"}),
              HasSubstr("got quantization \"Q8_0\""));
}

TEST_F(EstimatorDevicesTest, NamesThePresetThatMayBeMeant) {
  EXPECT_THAT(estimator_
                  .Predict({.model_id = "llama-3.1-8b",
                            .options = {.sequence_length = 8192},
                            .devices = {{.name = "rtx4090"}}})
                  .status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("got \"rtx4090\"; did you mean 'rtx-4090'")));
}

TEST_F(EstimatorDevicesTest, KeepsTheHostThatWasAskedFor) {
  const auto estimate = estimator_.Predict(
      {.model_id = "llama-3.1-8b",
       .options = {.sequence_length = 8192},
       .devices = {{.name = "dgx-spark"}, {.name = "CPU", .memory = GiB(4)}}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_EQ(estimate->plan.devices[0].device.free, GiB(4));
  EXPECT_FALSE(estimate->plan.devices[1].device.unified_memory);
  EXPECT_EQ(estimate->plan.verdict, Verdict::kFits);
}

TEST_F(EstimatorDevicesTest, TakesTheComputeRateOfTheRequest) {
  EstimateRequest request = On(GiB(24));
  request.devices[0].bandwidth_per_second = GiB(500);
  const auto without = estimator_.Predict(request);
  request.devices[0].flops_per_second = 1e14;
  const auto with = estimator_.Predict(request);

  ASSERT_THAT(without, IsOk());
  ASSERT_THAT(with, IsOk());
  EXPECT_FALSE(without->plan.throughput.prefill.has_value());
  EXPECT_TRUE(with->plan.throughput.prefill.has_value());
}

}  // namespace
}  // namespace hwledger
