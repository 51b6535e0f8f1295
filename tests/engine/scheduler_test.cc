#include "core/engine/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ShareBatchTest, GivesNothingToNobody) {
  EXPECT_THAT(ShareBatch({}, 8, 0), IsEmpty());
}

TEST(ShareBatchTest, GivesAPromptWhatTheRunningLeaveOver) {
  EXPECT_THAT(ShareBatch({1, 100, 1}, /*batch_tokens=*/8, 0),
              ElementsAre(1, 6, 1));
}

TEST(ShareBatchTest, ServesTheOldestPromptFirstButLeavesNoneOut) {
  EXPECT_THAT(ShareBatch({5, 100, 100}, /*batch_tokens=*/8, 0),
              ElementsAre(5, 2, 1));
}

TEST(ShareBatchTest, LeavesOutWhoHasToWait) {
  EXPECT_THAT(ShareBatch({0, 1, 0, 3}, /*batch_tokens=*/8, 0),
              ElementsAre(0, 1, 0, 3));
}

TEST(ShareBatchTest, GivesAllTheirTurnWhereABatchIsTooSmall) {
  std::vector<int64_t> served(3, 0);
  for (int64_t batch = 0; batch < 3; ++batch) {
    const std::vector<int64_t> shares =
        ShareBatch({1, 1, 50}, /*batch_tokens=*/2, /*first=*/batch);

    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), int64_t{0}), 2);
    for (size_t i = 0; i < served.size(); ++i) served[i] += shares[i];
  }

  EXPECT_THAT(served, Each(2));
}

}  // namespace
}  // namespace hwledger
