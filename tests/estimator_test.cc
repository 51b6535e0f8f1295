#include "core/estimator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gguf_file.h"
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

TEST_F(EstimatorTest, AddsWhatWasMeasuredOnThisMachineAlone) {
  EstimateRequest request = {.config_json = TinyConfig(),
                             .options = {.sequence_length = 64}};
  const auto before = estimator_.Predict(request);
  ASSERT_THAT(before, IsOk());
  EXPECT_TRUE(before->calibration.empty());
  const RateClass rate_class =
      RateClassOf(before->model->digest, "llama", "BF16", request.options,
                  before->plan.devices);

  estimator_.SetMeasurements(
      Measurements({{.rate_class = rate_class, .decode_ratio = 0.25}}, {}));

  const auto here = estimator_.Predict(request);
  request.devices = {{.name = "rtx-4090"}};
  const auto elsewhere = estimator_.Predict(request);
  ASSERT_THAT(here, IsOk());
  EXPECT_EQ(here->calibration.decode_ratio, 0.25);
  EXPECT_EQ(here->calibration.decode_count, 1);
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_TRUE(elsewhere->calibration.empty());
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

TEST_F(EstimatorTest, PassesOnWhatThereIsToKnowAboutAModelForAnyRuntime) {
  WriteText(TinyConfig(), folder_ / "tiny/config.json");
  WriteText(SafetensorsBytes({{"some", "BF16", {600}, 1200}}),
            folder_ / "tiny/model.safetensors");

  EstimateRequest request = {.model_id = folder_ / "tiny",
                             .options = {.sequence_length = 64},
                             .devices = {{.name = "gpu", .memory = GiB(8)}}};
  const auto in_llama = estimator_.Predict(request);
  request.runtime = RuntimeOptions{.runtime = Runtime::kTransformers};
  const auto in_transformers = estimator_.Predict(request);

  ASSERT_THAT(in_llama, IsOk());
  EXPECT_THAT(in_llama->plan.warnings, ElementsAre(HasSubstr("64 fewer")));
  ASSERT_THAT(in_transformers, IsOk());
  EXPECT_THAT(in_transformers->plan.warnings,
              ElementsAre(HasSubstr("64 fewer")));
}

// Of an architecture that only the engine knows, with a projector.
TEST_F(EstimatorTest, PassesThatOnWhereTheEngineAloneIsAsked) {
  GgufHeader header = TinyLlama();
  header.metadata["general.architecture"] = std::string("novel");
  header.metadata["novel.block_count"] = int64_t{2};
  const std::string model(64, 'a');
  const std::string projector(64, 'b');
  WriteText("", folder_ / ("ollama/blobs/sha256-" + projector));
  WriteGguf(header, folder_ / ("ollama/blobs/sha256-" + model));
  WriteText(R"({"layers":[)"
            R"({"mediaType":"application/vnd.ollama.image.model",)"
            R"("digest":"sha256:)" +
                model +
                R"("},)"
                R"({"mediaType":"application/vnd.ollama.image.projector",)"
                R"("digest":"sha256:)" +
                projector + R"("}]})",
            folder_ / "ollama/manifests/registry.ollama.ai/library/new/latest");
  ModelStore store("", {.ollama = {folder_ / "ollama"}});
  Estimator estimator(store, hardware_,
                      [](const std::string&, const EngineOptions&) {
                        return absl::StatusOr<std::vector<DeviceUse>>(
                            {{.is_host = true, .weights = MiB(1)}});
                      });

  const auto estimate = estimator.Predict(
      {.model_id = "ollama:new", .options = {.sequence_length = 64}});

  ASSERT_THAT(estimate, IsOk());
  EXPECT_EQ(estimate->plan.devices[0].weights, MiB(1));
  EXPECT_THAT(
      estimate->plan.warnings,
      ElementsAre(HasSubstr("projector"), HasSubstr("Only the engine")));
}

}  // namespace
}  // namespace hwledger
