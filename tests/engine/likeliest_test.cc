#include "core/engine/likeliest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<TokenId> IdsOfLikeliest(const std::vector<float>& logits,
                                    int64_t count) {
  std::vector<TokenLogit> found;
  Likeliest(logits, count, found);
  std::vector<TokenId> ids;
  for (const TokenLogit& token : found) ids.push_back(token.id);
  return ids;
}

TEST(LikeliestTest, PutsTheLikeliestFirst) {
  EXPECT_THAT(IdsOfLikeliest({1, 4, 2, 3}, 3), ElementsAre(1, 3, 2));
  EXPECT_THAT(IdsOfLikeliest({1, 4}, 5), ElementsAre(1, 0));
  EXPECT_THAT(IdsOfLikeliest({1, 4}, 0), IsEmpty());
}

TEST(LikeliestTest, PutsTheFirstOfEqualOnesFirst) {
  EXPECT_THAT(IdsOfLikeliest({1, 1, 2, 1, 1, 1}, 2), ElementsAre(2, 0));
}

TEST(LikeliestTest, PassesOverWhatIsNoNumberOrForbidden) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();

  EXPECT_THAT(IdsOfLikeliest({nan, 1, -infinity, 2}, 4), ElementsAre(3, 1));
}

TEST(LikeliestTest, FindsWhatSortingAllFinds) {
  std::mt19937 random(1);
  std::vector<float> logits(5000);
  for (float& logit : logits) logit = static_cast<float>(random() % 1000);
  std::vector<TokenId> sorted(logits.size());
  for (size_t i = 0; i < sorted.size(); ++i)
    sorted[i] = static_cast<TokenId>(i);
  std::ranges::stable_sort(sorted, std::greater<>(), [&](TokenId id) {
    return logits[static_cast<size_t>(id)];
  });
  sorted.resize(40);

  EXPECT_EQ(IdsOfLikeliest(logits, 40), sorted);
  sorted.resize(1);
  EXPECT_EQ(IdsOfLikeliest(logits, 1), sorted);
}

}  // namespace
}  // namespace hwledger
