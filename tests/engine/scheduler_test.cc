#include "core/engine/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Demand kText = {.tokens = 1};
constexpr Demand kWaits = {};

Demand Prompt(int64_t tokens) { return {.tokens = tokens, .reads = true}; }

std::vector<int64_t> Shares(std::vector<Demand> demands, BatchRoom room,
                            int64_t first = 0) {
  std::vector<int64_t> shares = {7};
  ShareBatch(demands, room, first, shares);
  return shares;
}

BatchRoom Room(int64_t tokens) {
  return {.tokens = tokens, .prompt_tokens = tokens};
}

TEST(ShareBatchTest, GivesNothingToNobody) {
  EXPECT_THAT(Shares({}, Room(8)), IsEmpty());
}

TEST(ShareBatchTest, GivesAPromptWhatTheRunningLeaveOver) {
  EXPECT_THAT(Shares({kText, Prompt(100), kText}, Room(8)),
              ElementsAre(1, 6, 1));
}

TEST(ShareBatchTest, ServesTheOldestPromptFirstButLeavesNoneOut) {
  EXPECT_THAT(Shares({Prompt(5), Prompt(100), Prompt(100)}, Room(8)),
              ElementsAre(5, 2, 1));
}

TEST(ShareBatchTest, LeavesOutWhoHasToWait) {
  EXPECT_THAT(Shares({kWaits, kText, kWaits, Prompt(3)}, Room(8)),
              ElementsAre(0, 1, 0, 3));
}

TEST(ShareBatchTest, GivesPromptsNoMoreThanTheirPart) {
  EXPECT_THAT(Shares({kText, Prompt(100), Prompt(100)},
                     {.tokens = 512, .prompt_tokens = 16}),
              ElementsAre(1, 17, 1));
}

TEST(ShareBatchTest, EndsWithABlockWhereThatLeavesPromptsMoreThanHalf) {
  const auto shares = [](int64_t prompt_tokens) {
    return Shares(
        {kText, Prompt(100), Prompt(3)},
        {.tokens = 512, .prompt_tokens = prompt_tokens, .block_tokens = 32});
  };
  // The three have one each.
  EXPECT_THAT(shares(30), ElementsAre(1, 30, 1));
  EXPECT_THAT(shares(40), ElementsAre(1, 30, 1));
  EXPECT_THAT(shares(60), ElementsAre(1, 61, 1));
  EXPECT_THAT(shares(5), ElementsAre(1, 6, 1));
  // The rest is for the next one.
  EXPECT_THAT(shares(500), ElementsAre(1, 94, 1));
}

TEST(ShareBatchTest, KeepsABatchWithPromptsSmall) {
  EXPECT_THAT(
      Shares({kText, Prompt(100), kText},
             {.tokens = 512, .prompt_tokens = 90, .tokens_with_prompts = 10}),
      ElementsAre(1, 8, 1));
  // It is not without them.
  EXPECT_THAT(
      Shares({kText, Prompt(100), kText},
             {.tokens = 512, .prompt_tokens = 90, .tokens_with_prompts = 3}),
      ElementsAre(1, 91, 1));
}

TEST(ShareBatchTest, PutsGuessesBeforePromptsAndAfterTexts) {
  EXPECT_THAT(Shares({Prompt(100), {.tokens = 5}, kText},
                     {.tokens = 8, .prompt_tokens = 8}),
              ElementsAre(2, 5, 1));
  EXPECT_THAT(Shares({{.tokens = 5}, kText}, {.tokens = 3}), ElementsAre(2, 1));
}

TEST(ShareBatchTest, GivesAllTheirTurnWhereABatchIsTooSmall) {
  std::vector<int64_t> served(3, 0);
  for (int64_t batch = 0; batch < 3; ++batch) {
    const std::vector<int64_t> shares =
        Shares({kText, kText, Prompt(50)}, Room(2), /*first=*/batch);

    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), int64_t{0}), 2);
    for (size_t i = 0; i < served.size(); ++i) served[i] += shares[i];
  }

  EXPECT_THAT(served, Each(2));
}

}  // namespace
}  // namespace hwledger
