#include "core/planner/bisection.h"

namespace hwledger {

int64_t LargestThatFits(int64_t most, absl::FunctionRef<bool(int64_t)> fits) {
  int64_t largest = 0;
  int64_t too_large = most + 1;
  while (largest + 1 < too_large) {
    const int64_t middle = largest + (too_large - largest) / 2;
    (fits(middle) ? largest : too_large) = middle;
  }
  return largest;
}

}  // namespace hwledger
