#include "core/time_histogram.h"

#include <algorithm>

namespace hwledger {

void TimeHistogram::Add(absl::Duration time, int64_t count) {
  const auto bound = std::ranges::lower_bound(kBounds, time);
  counts_[static_cast<size_t>(bound - kBounds.begin())] += count;
  sum_ += time * count;
}

void TimeHistogram::Add(const TimeHistogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  sum_ += other.sum_;
}

}  // namespace hwledger
