#include "core/engine/memory_bandwidth.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <thread>
#include <vector>

#include "absl/types/span.h"

namespace hwledger {
namespace {

using Clock = std::chrono::steady_clock;

// Larger than the caches of all but the largest servers.
constexpr int64_t kBufferBytes = int64_t{256} << 20;
// The fastest pass counts: in the others somebody else used the memory, too.
constexpr int kPassesMin = 5;
constexpr Clock::duration kTime = std::chrono::milliseconds(150);

// Eight sums, so that no addition waits for the one before.
uint64_t SumOf(absl::Span<const uint64_t> words) {
  uint64_t sums[8] = {};
  for (size_t i = 0; i + 8 <= words.size(); i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += words[i + lane];
  }
  uint64_t sum = 0;
  for (const uint64_t lane : sums) sum += lane;
  return sum;
}

}  // namespace

Bytes MeasureMemoryBandwidth(int64_t thread_count) {
  const auto part_words = static_cast<size_t>(kBufferBytes / thread_count /
                                              int64_t{sizeof(uint64_t)});
  std::atomic<uint64_t> sum = 0;  // Keeps the reading from being left out.
  Clock::time_point start;
  Clock::time_point pass_start;
  Clock::duration shortest = Clock::duration::max();
  int passes = 0;
  bool done = false;
  // Runs while all readers wait: before the first pass and after each.
  std::barrier pass_end(thread_count, [&]() noexcept {
    const Clock::time_point now = Clock::now();
    if (pass_start == Clock::time_point()) {
      start = now;
    } else {
      shortest = std::min(shortest, now - pass_start);
      done = ++passes >= kPassesMin && now - start >= kTime;
    }
    pass_start = now;
  });
  const auto read = [&] {
    // Written by its reader, so that it lies near its core.
    const std::vector<uint64_t> part(part_words, 1);
    pass_end.arrive_and_wait();
    while (!done) {
      sum += SumOf(part);
      pass_end.arrive_and_wait();
    }
  };
  {
    std::vector<std::jthread> readers(static_cast<size_t>(thread_count));
    for (std::jthread& reader : readers) reader = std::jthread(read);
  }
  const double seconds = std::chrono::duration<double>(shortest).count();
  return Bytes(static_cast<int64_t>(kBufferBytes / seconds));
}

}  // namespace hwledger
