#include "core/engine/sampling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

auto IsRefused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(ValidateSamplingTest, AcceptsNothingAndTheBounds) {
  EXPECT_THAT(Validate(Sampling()), IsOk());
  EXPECT_THAT(Validate(Sampling{.temperature = 100,
                                .top_k = 0,
                                .top_p = 0,
                                .repetition_penalty = 10,
                                .xtc_probability = 1,
                                .xtc_threshold = 1,
                                .dry_multiplier = 100,
                                .dry_base = 1,
                                .dry_allowed_length = 0,
                                .penalty_last_tokens = -1,
                                .mirostat = Mirostat{.tau = 100, .eta = 1},
                                .logit_bias = {{0, -kInfinity}, {1, 100}}}),
              IsOk());
}

TEST(ValidateSamplingTest, NamesTheFieldAndTheValue) {
  EXPECT_THAT(
      Validate(Sampling{.temperature = 101}),
      IsRefused("sampling.temperature must be between 0 and 100; got 101"));
  EXPECT_THAT(
      Validate(Sampling{.temperature = kNan}),
      IsRefused("sampling.temperature must be between 0 and 100; got nan"));
  EXPECT_THAT(Validate(Sampling{.top_k = -1}),
              IsRefused("sampling.top_k must not be negative; got -1"));
  EXPECT_THAT(Validate(Sampling{.top_p = 1.5}),
              IsRefused("sampling.top_p must be between 0 and 1; got 1.5"));
  EXPECT_THAT(Validate(Sampling{.min_p = -1}),
              IsRefused("sampling.min_p must be between 0 and 1; got -1"));
  EXPECT_THAT(Validate(Sampling{.typical_p = 2}),
              IsRefused("sampling.typical_p must be between 0 and 1; got 2"));
  EXPECT_THAT(
      Validate(Sampling{.repetition_penalty = 0}),
      IsRefused(
          "sampling.repetition_penalty must be above 0 and at most 10; got 0"));
  EXPECT_THAT(Validate(Sampling{.repetition_penalty = 11}),
              IsRefused("sampling.repetition_penalty must be above 0 and at "
                        "most 10; got 11"));
  EXPECT_THAT(
      Validate(Sampling{.frequency_penalty = 3}),
      IsRefused("sampling.frequency_penalty must be between -2 and 2; got 3"));
  EXPECT_THAT(
      Validate(Sampling{.presence_penalty = -3}),
      IsRefused("sampling.presence_penalty must be between -2 and 2; got -3"));
  EXPECT_THAT(Validate(Sampling{.penalty_last_tokens = -2}),
              IsRefused("sampling.penalty_last_tokens must be at least -1; "
                        "got -2"));
}

TEST(ValidateSamplingTest, NamesTheFieldsOfNewerSamplers) {
  EXPECT_THAT(
      Validate(Sampling{.xtc_probability = 2}),
      IsRefused("sampling.xtc_probability must be between 0 and 1; got 2"));
  EXPECT_THAT(
      Validate(Sampling{.xtc_threshold = kNan}),
      IsRefused("sampling.xtc_threshold must be between 0 and 1; got nan"));
  EXPECT_THAT(
      Validate(Sampling{.dry_multiplier = -1}),
      IsRefused("sampling.dry_multiplier must be between 0 and 100; got -1"));
  EXPECT_THAT(Validate(Sampling{.dry_base = 0.5}),
              IsRefused("sampling.dry_base must be between 1 and 10; got 0.5"));
  EXPECT_THAT(
      Validate(Sampling{.dry_allowed_length = -1}),
      IsRefused("sampling.dry_allowed_length must not be negative; got -1"));
  EXPECT_THAT(
      Validate(Sampling{.dry_sequence_breakers = {17, "x"}}),
      IsRefused("sampling.dry_sequence_breakers must hold at most 16 strings"));
  EXPECT_THAT(Validate(Sampling{.dry_sequence_breakers = {"x", ""}}),
              IsRefused("sampling.dry_sequence_breakers[1] must have 1 to 40 "
                        "bytes; got 0"));
  EXPECT_THAT(
      Validate(Sampling{.mirostat = Mirostat{.tau = 0}}),
      IsRefused("sampling.mirostat.tau must be above 0 and at most 100; got "
                "0"));
  EXPECT_THAT(
      Validate(Sampling{.mirostat = Mirostat{.eta = 2}}),
      IsRefused("sampling.mirostat.eta must be above 0 and at most 1; got 2"));
}

TEST(ValidateSamplingTest, RefusesABiasThatCannotBeAdded) {
  EXPECT_THAT(Validate(Sampling{.logit_bias = {{1, 0}, {-1, 0}}}),
              IsRefused("sampling.logit_bias[1].token_id must not be negative; "
                        "got -1"));
  EXPECT_THAT(Validate(Sampling{.logit_bias = {{1, 0}, {1, 2}}}),
              IsRefused("sampling.logit_bias[1].token_id must not occur twice "
                        "in the list; got 1"));
  EXPECT_THAT(Validate(Sampling{.logit_bias = {{1, kInfinity}}}),
              IsRefused("sampling.logit_bias[0].bias must be between -100 and "
                        "100, or -infinity; got inf"));
  EXPECT_THAT(Validate(Sampling{.logit_bias = {{1, kNan}}}),
              IsRefused("sampling.logit_bias[0].bias"));
  EXPECT_THAT(
      Validate(Sampling{.logit_bias = std::vector<LogitBias>(1025)}),
      IsRefused("sampling.logit_bias must hold at most 1024 tokens; got 1025"));
}

TEST(ResolveSamplingTest, PrefersWhatWasAskedToWhatIsRecommended) {
  const SamplingValues values =
      Resolve({.temperature = 0.1, .mirostat = Mirostat{.eta = 0.2}},
              {.temperature = 0.3,
               .top_k = 4,
               .mirostat = Mirostat{.tau = 6, .eta = 0.7}});

  EXPECT_EQ(values.temperature, 0.1);
  EXPECT_EQ(values.top_k, 4);
  EXPECT_EQ(values.top_p, 0.95);
  EXPECT_TRUE(values.mirostat);
  EXPECT_EQ(values.mirostat_tau, 6);
  EXPECT_EQ(values.mirostat_eta, 0.2);
  EXPECT_THAT(values.dry_sequence_breakers, ElementsAre("\n", ":", "\"", "*"));
}

TEST(ResolveSamplingTest, LeavesOutWhatIsOff) {
  const SamplingValues values = Resolve({}, {});

  EXPECT_FALSE(values.greedy() || values.has_penalties() || values.has_dry() ||
               values.has_xtc() || values.mirostat);
  EXPECT_TRUE(Resolve({.presence_penalty = 1}, {}).has_penalties());
  EXPECT_FALSE(Resolve({.presence_penalty = 1, .penalty_last_tokens = 0}, {})
                   .has_penalties());
  EXPECT_TRUE(Resolve({.dry_multiplier = 1}, {}).has_dry());
  EXPECT_TRUE(Resolve({.xtc_probability = 1}, {}).has_xtc());
  EXPECT_FALSE(
      Resolve({.xtc_probability = 1, .xtc_threshold = 0.6}, {}).has_xtc());
}

}  // namespace
}  // namespace hwledger
