#include "core/planner/interpolation.h"

#include <algorithm>

namespace hwledger {
namespace {

struct Point {
  int64_t value = 0;
  int64_t left = 0;
};

// Where the line between the two has nothing left. In double: both can be as
// far from 0 as an int64_t goes.
int64_t Crossing(const Point& low, const Point& high) {
  const auto left = static_cast<double>(low.left);
  const double share = left / (left - static_cast<double>(high.left));
  const auto width = static_cast<double>(high.value - low.value);
  return low.value + static_cast<int64_t>(share * width);
}

}  // namespace

int64_t LargestWithRoom(int64_t most, const ShrinkingRoom& room) {
  if (most < 1) return 0;
  Point high = {.value = most, .left = room.left(most)};
  if (high.left >= 0) return most;
  Point low;
  const auto ask = [&](int64_t value) {
    const Point asked = {.value = value, .left = room.left(value)};
    (asked.left >= 0 ? low : high) = asked;
  };
  if (room.straight_from < high.value) ask(room.straight_from);
  if (low.value == 0 && high.value > 1) ask(1);
  if (low.value == 0) return 0;
  while (low.value + 1 < high.value) {
    const int64_t width = high.value - low.value;
    const int64_t guess = std::clamp(room.step_end(Crossing(low, high)),
                                     low.value + 1, high.value - 1);
    ask(guess);
    if (low.value == guess && guess + 1 < high.value) ask(guess + 1);
    // The line was not straight.
    const int64_t rest = high.value - low.value;
    if (rest > 1 && rest > width / 2) ask(low.value + rest / 2);
  }
  return low.value;
}

}  // namespace hwledger
