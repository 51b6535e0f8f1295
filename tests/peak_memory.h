#pragma once

#include <cstdint>

namespace hwledger {

// What a readable file of a model may take at the most, and one that is not.
inline constexpr int64_t kInputMemoryMax = 64'000'000;

// Counts what the program takes by operator new, which every program that links
// this has replaced. One at a time, on one thread.
class PeakMemory {
 public:
  PeakMemory();

  // The most that was alive at once since the construction, above what was
  // alive then.
  int64_t bytes() const;

 private:
  const int64_t start_;
};

}  // namespace hwledger
