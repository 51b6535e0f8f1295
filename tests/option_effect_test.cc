#include "core/option_effect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "core/field_error.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

// What is told of a model of two layers, the second with experts if so wished.
Estimate Told(Bytes expert_weights, DeviceKind second) {
  ModelShape shape;
  shape.layers.resize(2);
  shape.layers[1].expert_weights = expert_weights;
  Estimate estimate = {
      .model = std::make_shared<const KnownModel>(KnownModel{.shape = shape})};
  estimate.plan.devices = {{.device = {.name = "CPU"}},
                           {.device = {.name = "second", .kind = second}}};
  return estimate;
}

EstimateRequest With(const EngineOptions& options) {
  return {.options = options};
}

testing::Matcher<absl::Status> Refuses(const char* why) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why));
}

TEST(ValidateEffectTest, TakesMoreLayersThanThereAreForAll) {
  const Estimate without = Told(Bytes(), DeviceKind::kAccelerator);
  const Estimate with = Told(Bytes(), DeviceKind::kGpu);

  EXPECT_THAT(ValidateEffect(With({.gpu_layers = 99}), without), IsOk());
  EXPECT_THAT(ValidateEffect(With({.gpu_layers = 99}), with), IsOk());
}

TEST(ValidateEffectTest, TakesExpertsOfAModelThatHasSome) {
  const Estimate dense = Told(Bytes(), DeviceKind::kGpu);
  const Estimate sparse = Told(Bytes(1), DeviceKind::kGpu);

  const absl::Status status =
      ValidateEffect(With({.cpu_moe_layers = 1}), dense);

  EXPECT_THAT(status, Refuses("without experts; got 1"));
  EXPECT_THAT(FieldOf(status), Optional(Eq("cpu_moe_layers")));
  EXPECT_THAT(ValidateEffect(With({}), dense), IsOk());
  EXPECT_THAT(ValidateEffect(With({.cpu_moe_layers = 2}), sparse), IsOk());
  EXPECT_THAT(ValidateEffect(With({.cpu_moe_layers = 99}), sparse), IsOk());
}

}  // namespace
}  // namespace hwledger
