#include "core/planner/bisection.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(LargestThatFitsTest, FindsTheLastThatFitsWhereverItIs) {
  for (int64_t most = 0; most <= 17; ++most) {
    for (int64_t last = 0; last <= most; ++last) {
      const auto fits = [last](int64_t value) { return value <= last; };

      EXPECT_EQ(LargestThatFits(most, fits), last) << "of " << most;
    }
  }
}

TEST(LargestThatFitsTest, AsksOnlyAboutWhatIsAllowed) {
  const auto fits = [](int64_t value) {
    EXPECT_GE(value, 1);
    EXPECT_LE(value, 100);
    return true;
  };

  EXPECT_EQ(LargestThatFits(100, fits), 100);
}

// 2^20 + 1 answers are possible, of which each question leaves half.
TEST(LargestThatFitsTest, AsksFewQuestions) {
  int64_t questions = 0;

  LargestThatFits(1 << 20, [&questions](int64_t value) {
    ++questions;
    return value <= 4097;
  });

  EXPECT_LE(questions, 21);
}

}  // namespace
}  // namespace hwledger
