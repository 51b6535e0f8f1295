#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace hwledger {

// What is left where something grows, as far as is known beforehand.
struct ShrinkingRoom {
  // What is left beside `value`, below 0 where it does not fit; how much below
  // may be an estimate. Never more than beside a smaller value.
  absl::FunctionRef<int64_t(int64_t value)> left;
  // From this value on it shrinks along a straight line, or nearly so,
  int64_t straight_from = 1;
  // in steps: the last value, up to `value`, that ends one.
  absl::FunctionRef<int64_t(int64_t value)> step_end;
};

// The largest of 1 to `most` that fits, 0 where none does. Exact, whether the
// line is straight or not: what it gives is that four questions are enough.
int64_t LargestWithRoom(int64_t most, const ShrinkingRoom& room);

}  // namespace hwledger
