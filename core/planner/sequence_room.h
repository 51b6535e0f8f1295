#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/planner/placed_set.h"

namespace hwledger {

// What sequences leave of memory. To weigh them takes long, so that it is left
// out where the caches alone do not fit.
class SequenceRoom {
 public:
  // Of sequences of any length, with `options` else. `placed` outlives it.
  SequenceRoom(const PlacedSet& placed, const EngineOptions& options);

  // What sequences of so many tokens need of each device.
  void Learn(int64_t tokens, absl::Span<const Bytes> needed);

  // The bytes left on the device that has least of them left, below 0 where
  // they do not fit. That may be an estimate, by what was weighed last.
  int64_t Left(int64_t tokens);

 private:
  EngineOptions OptionsFor(int64_t tokens) const;
  int64_t EstimateLeft(int64_t tokens) const;

  const PlacedSet& placed_;
  const EngineOptions options_;
  int64_t tokens_ = 0;         // That were weighed last, if any were,
  int64_t left_ = 0;           // what they leave,
  std::vector<Bytes> needed_;  // and need of each device.
};

}  // namespace hwledger
