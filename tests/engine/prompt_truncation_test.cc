#include "core/engine/prompt_truncation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace hwledger {
namespace {

using ::testing::ElementsAre;

constexpr TokenId kBegin = 1;

std::vector<TokenId> Truncated(std::vector<TokenId> prompt,
                               std::optional<int64_t> answer_tokens) {
  TruncatePrompt(prompt, kBegin, /*sequence_length=*/6, answer_tokens);
  return prompt;
}

TEST(TruncatePromptTest, LeavesAPromptThatFits) {
  EXPECT_THAT(Truncated({1, 2, 3, 4, 5}, 5), ElementsAre(1, 2, 3, 4, 5));
}

TEST(TruncatePromptTest, DropsTheStartButForTheBeginOfText) {
  EXPECT_THAT(Truncated({1, 2, 3, 4, 5, 6}, 1), ElementsAre(1, 3, 4, 5, 6));
  EXPECT_THAT(Truncated({2, 3, 4, 5, 6, 7}, 1), ElementsAre(3, 4, 5, 6, 7));
}

TEST(TruncatePromptTest, LeavesRoomForTheAnswerAndNoMoreThanHalf) {
  EXPECT_THAT(Truncated({1, 2, 3, 4, 5, 6, 7}, 2), ElementsAre(1, 5, 6, 7));
  EXPECT_THAT(Truncated({1, 2, 3, 4, 5, 6, 7}, 9), ElementsAre(1, 6, 7));
  EXPECT_THAT(Truncated({1, 2, 3, 4, 5, 6, 7}, {}), ElementsAre(1, 6, 7));
}

}  // namespace
}  // namespace hwledger
