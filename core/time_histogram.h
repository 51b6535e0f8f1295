#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace hwledger {

// How long something took, of which there are many: how often it was how much.
class TimeHistogram {
 public:
  // From a token of a tiny model to a request that waited for minutes, at most
  // a factor of three from one to the next.
  static constexpr std::array kBounds = {
      absl::Microseconds(250),  absl::Microseconds(500),
      absl::Milliseconds(1),    absl::Microseconds(2500),
      absl::Milliseconds(5),    absl::Milliseconds(10),
      absl::Milliseconds(25),   absl::Milliseconds(50),
      absl::Milliseconds(100),  absl::Milliseconds(250),
      absl::Milliseconds(500),  absl::Seconds(1),
      absl::Milliseconds(2500), absl::Seconds(5),
      absl::Seconds(10),        absl::Seconds(30),
      absl::Seconds(60),        absl::Seconds(150),
      absl::Seconds(300)};

  // It took `time`, `count` times.
  void Add(absl::Duration time, int64_t count = 1);
  void Add(const TimeHistogram& other);

  // How often it was at most kBounds[i], and more than the bound before; the
  // last of them, more than every bound.
  using Counts = std::array<int64_t, kBounds.size() + 1>;
  const Counts& counts() const { return counts_; }
  absl::Duration sum() const { return sum_; }

  friend bool operator==(const TimeHistogram&, const TimeHistogram&) = default;

 private:
  Counts counts_ = {};
  absl::Duration sum_;
};

}  // namespace hwledger
