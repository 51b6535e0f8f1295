#pragma once

#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace hwledger {

// Looks until `condition` holds, and lets others run meanwhile. What a test
// waits for comes at once, or not at all. False: it did not come.
template <typename Condition>
bool Await(const Condition& condition) {
  const absl::Time patience_ends = absl::Now() + absl::Seconds(30);
  while (!condition()) {
    if (absl::Now() > patience_ends) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace hwledger
