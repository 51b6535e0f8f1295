#include "core/planner/throughput.h"

namespace hwledger {
namespace {

double Seconds(Bytes size, Bytes per_second) {
  return static_cast<double>(size.count()) /
         static_cast<double>(per_second.count());
}

}  // namespace

std::optional<TokenRate> DecodeRate(absl::Span<const DecodeReads> devices) {
  double empty_seconds = 0;
  double full_seconds = 0;
  for (const DecodeReads& reads : devices) {
    if (reads.weights + reads.full_cache == Bytes()) continue;
    if (!reads.bandwidth_per_second || *reads.bandwidth_per_second == Bytes()) {
      return std::nullopt;
    }
    empty_seconds +=
        Seconds(reads.weights + reads.empty_cache, *reads.bandwidth_per_second);
    full_seconds +=
        Seconds(reads.weights + reads.full_cache, *reads.bandwidth_per_second);
  }
  if (empty_seconds <= 0) return std::nullopt;
  return TokenRate{.low = 1 / full_seconds, .high = 1 / empty_seconds};
}

}  // namespace hwledger
