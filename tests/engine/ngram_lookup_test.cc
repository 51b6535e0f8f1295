#include "core/engine/ngram_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<TokenId> LookUp(std::vector<TokenId> tokens, int64_t count) {
  std::vector<TokenId> found;
  LookUpNgram(tokens, count, found);
  return found;
}

TEST(LookUpNgramTest, FindsWhatFollowedTheLastTokens) {
  EXPECT_THAT(LookUp({1, 2, 3, 4, 1, 2}, 2), ElementsAre(3, 4));
}

TEST(LookUpNgramTest, GoesOnAsIfItHadComeTrue) {
  EXPECT_THAT(LookUp({1, 2, 3, 1, 2}, 5), ElementsAre(3, 1, 2, 3, 1));
  EXPECT_THAT(LookUp({5, 5, 5, 5}, 3), ElementsAre(5, 5, 5));
}

TEST(LookUpNgramTest, PrefersTheLongestRepetitionAndThenTheLatest) {
  EXPECT_THAT(LookUp({7, 1, 2, 3, 0, 1, 2, 4, 0, 7, 1, 2}, 1), ElementsAre(3));
  EXPECT_THAT(LookUp({1, 2, 3, 0, 1, 2, 4, 0, 1, 2}, 1), ElementsAre(4));
}

TEST(LookUpNgramTest, FindsNothingInASingleToken) {
  EXPECT_THAT(LookUp({1, 2, 3, 9, 2}, 4), IsEmpty());
  EXPECT_THAT(LookUp({1}, 4), IsEmpty());
  EXPECT_THAT(LookUp({}, 4), IsEmpty());
}

TEST(LookUpNgramTest, FindsNoMoreThanIsWanted) {
  EXPECT_THAT(LookUp({1, 2, 3, 1, 2}, 0), IsEmpty());
  EXPECT_THAT(LookUp({1, 2, 3, 1, 2}, 1), ElementsAre(3));
}

}  // namespace
}  // namespace hwledger
