#include "core/engine/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

auto IsRefused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(ValidateQuestionTest, AcceptsTheBounds) {
  EXPECT_THAT(Validate(TokenizeQuestion()), IsOk());
  EXPECT_THAT(Validate(DetokenizeQuestion{std::vector<int32_t>(1'000'000)}),
              IsOk());
  EXPECT_THAT(Validate(EmbedQuestion{std::vector<std::string>(2048)}), IsOk());
}

TEST(ValidateQuestionTest, NamesTheFieldAndTheValue) {
  EXPECT_THAT(
      Validate(DetokenizeQuestion{std::vector<int32_t>(1'000'001)}),
      IsRefused("token_ids must hold at most 1000000 tokens; got 1000001"));
  EXPECT_THAT(Validate(EmbedQuestion()),
              IsRefused("texts must hold 1 to 2048 texts; got 0"));
  EXPECT_THAT(Validate(EmbedQuestion{std::vector<std::string>(2049)}),
              IsRefused("texts must hold 1 to 2048 texts; got 2049"));
}

}  // namespace
}  // namespace hwledger
