#include "core/time_histogram.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(TimeHistogramTest, CountsATimeUpToItsBound) {
  TimeHistogram histogram;
  const absl::Duration first = TimeHistogram::kBounds.front();
  const absl::Duration last = TimeHistogram::kBounds.back();

  histogram.Add(absl::ZeroDuration());
  histogram.Add(first);
  histogram.Add(first + absl::Nanoseconds(1), 3);
  histogram.Add(last);
  histogram.Add(2 * last);

  TimeHistogram::Counts expected = {};
  expected.front() = 2;
  expected[1] = 3;
  expected[expected.size() - 2] = 1;
  expected.back() = 1;
  EXPECT_EQ(histogram.counts(), expected);
  EXPECT_EQ(histogram.sum(), 4 * first + absl::Nanoseconds(3) + 3 * last);
}

TEST(TimeHistogramTest, AddsAnother) {
  TimeHistogram first;
  first.Add(absl::Milliseconds(1));
  TimeHistogram second;
  second.Add(absl::Milliseconds(1));
  second.Add(absl::Seconds(1));
  TimeHistogram both;
  both.Add(absl::Milliseconds(1), 2);
  both.Add(absl::Seconds(1));

  first.Add(second);

  EXPECT_EQ(first, both);
}

}  // namespace
}  // namespace hwledger
