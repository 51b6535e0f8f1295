#include "core/engine/generation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

auto IsRefused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(ValidateGenerationTest, AcceptsTheDefaultsAndTheBounds) {
  EXPECT_THAT(Validate({.input = "Once"}), IsOk());
  EXPECT_THAT(
      Validate({.input = Chat{{{"user", ""}}},
                .sampling = {.temperature = 100, .top_k = 0, .top_p = 0},
                .token_count_max = 1,
                .stop_strings = std::vector<std::string>(16, "x")}),
      IsOk());
}

TEST(ValidateGenerationTest, NamesTheFieldAndTheValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();

  EXPECT_THAT(
      Validate({.sampling = {.temperature = 101}}),
      IsRefused("sampling.temperature must be between 0 and 100; got 101"));
  EXPECT_THAT(
      Validate({.sampling = {.temperature = nan}}),
      IsRefused("sampling.temperature must be between 0 and 100; got nan"));
  EXPECT_THAT(Validate({.sampling = {.top_k = -1}}),
              IsRefused("sampling.top_k must not be negative; got -1"));
  EXPECT_THAT(Validate({.sampling = {.top_p = 1.5}}),
              IsRefused("sampling.top_p must be between 0 and 1; got 1.5"));
  EXPECT_THAT(Validate({.sampling = {.min_p = -1}}),
              IsRefused("sampling.min_p must be between 0 and 1; got -1"));
  EXPECT_THAT(Validate({.sampling = {.typical_p = 2}}),
              IsRefused("sampling.typical_p must be between 0 and 1; got 2"));
  EXPECT_THAT(
      Validate({.sampling = {.repetition_penalty = 0}}),
      IsRefused(
          "sampling.repetition_penalty must be above 0 and at most 10; got 0"));
  EXPECT_THAT(Validate({.sampling = {.repetition_penalty = 11}}),
              IsRefused("sampling.repetition_penalty must be above 0 and at "
                        "most 10; got 11"));
  EXPECT_THAT(
      Validate({.sampling = {.frequency_penalty = 3}}),
      IsRefused("sampling.frequency_penalty must be between -2 and 2; got 3"));
  EXPECT_THAT(
      Validate({.sampling = {.presence_penalty = -3}}),
      IsRefused("sampling.presence_penalty must be between -2 and 2; got -3"));
  EXPECT_THAT(Validate({.token_count_max = 0}),
              IsRefused("max_tokens must be at least 1; got 0"));
}

TEST(ValidateGenerationTest, RefusesAChatThatIsNone) {
  EXPECT_THAT(Validate({.input = Chat()}),
              IsRefused("chat.messages must not be empty"));
}

TEST(ValidateGenerationTest, RefusesStopStringsThatAreTooManyOrEmpty) {
  EXPECT_THAT(Validate({.stop_strings = std::vector<std::string>(17, "x")}),
              IsRefused("stop must hold at most 16 strings; got 17"));
  EXPECT_THAT(Validate({.stop_strings = {"x", ""}}),
              IsRefused("stop[1] must not be empty"));
}

}  // namespace
}  // namespace hwledger
