#include "core/engine/generation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(
      Validate({.sampling = {.temperature = 101}}),
      IsRefused("sampling.temperature must be between 0 and 100; got 101"));
  EXPECT_THAT(Validate({.token_count_max = 0}),
              IsRefused("max_tokens must be at least 1; got 0"));
  EXPECT_THAT(Validate({.top_logprobs = 21}),
              IsRefused("top_logprobs must be between 0 and 20; got 21"));
  EXPECT_THAT(Validate({.top_logprobs = -1}),
              IsRefused("top_logprobs must be between 0 and 20; got -1"));
}

TEST(ValidateGenerationTest, RefusesAChatThatIsNone) {
  EXPECT_THAT(Validate({.input = Chat()}),
              IsRefused("chat.messages must not be empty"));
}

TEST(ValidateGenerationTest, RefusesAUserOfTooManyBytes) {
  EXPECT_TRUE(Validate({.user = std::string(256, 'u')}).ok());
  EXPECT_THAT(Validate({.user = std::string(257, 'u')}),
              IsRefused("user must have at most 256 bytes; got 257"));
}

TEST(ValidateGenerationTest, RefusesStopStringsThatAreTooManyOrEmpty) {
  EXPECT_THAT(Validate({.stop_strings = std::vector<std::string>(17, "x")}),
              IsRefused("stop must hold at most 16 strings; got 17"));
  EXPECT_THAT(Validate({.stop_strings = {"x", ""}}),
              IsRefused("stop[1] must not be empty"));
}

}  // namespace
}  // namespace hwledger
