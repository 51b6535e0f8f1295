#include "core/estimator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class EstimatorTest : public testing::Test {
 protected:
  const TemporaryFolder folder_;
  ModelStore store_{"", {.hubs = {folder_ / "hub"}}};
  Hardware hardware_{
      [](DeviceRates) { return std::vector<Device>{{.name = "CPU"}}; }};
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions&) {
                         return absl::StatusOr<std::vector<DeviceUse>>(
                             absl::UnavailableError("no engine in this test"));
                       }};
};

TEST_F(EstimatorTest, PredictsAModelOfWhichThereIsOnlyAConfig) {
  const auto estimate = estimator_.Predict(
      {.config_json = TinyConfig(), .options = {.sequence_length = 64}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_EQ(estimate->plan.method, PredictionMethod::kAnalytic);
  EXPECT_EQ(estimate->model->shape->parameter_count, 664);
  // 640 of the parameters in BF16, those of the three norms in F32.
  EXPECT_EQ(estimate->plan.devices[0].weights, Bytes(2 * 640 + 4 * 24));
}

TEST_F(EstimatorTest, QuantizesTheModelOfAConfig) {
  const auto estimate =
      estimator_.Predict({.config_json = TinyConfig(),
                          .quantization = "F32",
                          .options = {.sequence_length = 64}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_EQ(estimate->plan.devices[0].weights, Bytes(4 * 664));
}

TEST_F(EstimatorTest, TakesEitherAConfigOrAName) {
  EXPECT_THAT(
      estimator_.Predict({.model_id = "demo", .config_json = TinyConfig()}),
      StatusIs(kInvalid, AllOf(HasSubstr("config_json"), HasSubstr("demo"))));
}

TEST_F(EstimatorTest, CannotAskTheEngineAboutAConfig) {
  EXPECT_THAT(estimator_.Predict({.config_json = TinyConfig(),
                                  .options = {.sequence_length = 64},
                                  .method = PredictionMethod::kDryRun}),
              StatusIs(kInvalid, HasSubstr("DRY_RUN")));
}

TEST_F(EstimatorTest, PassesOnWhatThereIsToKnowAboutAModel) {
  WriteText(TinyConfig(), folder_ / "tiny/config.json");
  WriteText(SafetensorsBytes({{"some", "BF16", {600}, 1200}}),
            folder_ / "tiny/model.safetensors");

  const auto estimate = estimator_.Predict(
      {.model_id = folder_ / "tiny", .options = {.sequence_length = 64}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_THAT(estimate->plan.warnings, ElementsAre(HasSubstr("64 fewer")));
}

}  // namespace
}  // namespace hwledger
