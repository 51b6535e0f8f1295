#include "core/planner/interpolation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace hwledger {
namespace {

constexpr int64_t kStep = 256;

int64_t StepEnd(int64_t value) { return value / kStep * kStep; }
int64_t Padded(int64_t value) { return StepEnd(value + kStep - 1); }

// Every shape that memory has: straight, bent, in steps of 256, and a cliff.
int64_t Straight(int64_t value) { return Padded(value); }
int64_t Bent(int64_t value) {
  return 50 * std::min<int64_t>(Padded(value), 1024) + Padded(value);
}
int64_t BentOtherwise(int64_t value) {
  return std::max<int64_t>(Padded(value), 90 * Padded(value) - 200'000);
}
int64_t BySingleValues(int64_t value) {
  return 7 * std::min<int64_t>(value, 512) + Padded(value);
}
int64_t Cliff(int64_t value) {
  return value < 3000 ? 0 : std::numeric_limits<int64_t>::max();
}

class LargestWithRoomTest
    : public testing::TestWithParam<int64_t (*)(int64_t value)> {};

TEST_P(LargestWithRoomTest, FindsTheLastThatFitsWhateverTheRoom) {
  for (const int64_t most : {0, 1, 2, 255, 256, 4096, 5000}) {
    for (int64_t total = 0; total < 60'000; total += 991) {
      for (const int64_t straight_from : {1, 512, 100'000}) {
        int64_t last = 0;
        while (last < most && GetParam()(last + 1) <= total) ++last;

        const int64_t found = LargestWithRoom(
            most,
            {.left = [&](int64_t value) { return total - GetParam()(value); },
             .straight_from = straight_from,
             .step_end = StepEnd});

        ASSERT_EQ(found, last) << total << " for at most " << most;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, LargestWithRoomTest,
                         testing::Values(Straight, Bent, BentOtherwise,
                                         BySingleValues, Cliff));

TEST(LargestWithRoomTest, AsksFourQuestionsWhereTheRoomShrinksStraight) {
  for (int64_t total = BySingleValues(512); total < 100'000; total += 97) {
    int64_t questions = 0;

    LargestWithRoom(1 << 17, {.left =
                                  [&](int64_t value) {
                                    ++questions;
                                    return total - BySingleValues(value);
                                  },
                              .straight_from = 512,
                              .step_end = StepEnd});

    EXPECT_LE(questions, 4) << total;
  }
}

// Three questions leave at most half.
TEST(LargestWithRoomTest, AsksFewQuestionsWhateverTheRoom) {
  for (const auto room_taken : {Bent, BentOtherwise, Cliff}) {
    for (int64_t total = 0; total < 1'000'000; total += 977) {
      int64_t questions = 0;

      LargestWithRoom(1 << 20, {.left =
                                    [&](int64_t value) {
                                      ++questions;
                                      return total - room_taken(value);
                                    },
                                .step_end = StepEnd});

      EXPECT_LE(questions, 3 + 3 * 20);
    }
  }
}

}  // namespace
}  // namespace hwledger
