#include "core/engine/logprob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace hwledger {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

auto IsToken(int64_t id, double probability) {
  return AllOf(
      Field(&TokenLogprob::token_id, id),
      Field(&TokenLogprob::logprob, DoubleNear(std::log(probability), 1e-6)));
}

TEST(LogprobOfTest, SharesOutTheWholeProbability) {
  // e^0 : e^ln2 : e^ln5 = 1 : 2 : 5.
  const std::vector<float> logits = {0, std::log(2.0F), std::log(5.0F)};

  const TokenLogprob token = LogprobOf(logits, 1, 2);

  EXPECT_THAT(token, IsToken(1, 2 / 8.0));
  EXPECT_THAT(token.top, ElementsAre(IsToken(2, 5 / 8.0), IsToken(1, 2 / 8.0)));
}

TEST(LogprobOfTest, HoldsForLogitsThatHaveNoPower) {
  const std::vector<float> logits = {1000, 1000};

  EXPECT_THAT(LogprobOf(logits, 0, 0), IsToken(0, 0.5));
  EXPECT_THAT(LogprobOf(logits, 0, 0).top, IsEmpty());
}

}  // namespace
}  // namespace hwledger
