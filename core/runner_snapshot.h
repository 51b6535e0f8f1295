#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/load_plan.h"
#include "core/model_counters.h"

namespace hwledger {

enum class LoadState { kLoading, kReady, kUnloading, kEnded };

// How long a model stays that has nothing to do.
struct Retention {
  absl::Duration idle_ttl = absl::InfiniteDuration();
  // It stays, whatever its TTL and whoever wants its memory.
  bool pinned = false;
};

// A moment of a runner's life, for lists.
struct RunnerSnapshot {
  LoadPlan plan;
  LoadState state = LoadState::kLoading;
  double load_fraction = 0;
  std::vector<DeviceUse> measured;  // Empty until ready.
  int64_t process_id = 0;           // 0 until known.
  absl::Time started_at;
  absl::Time ready_at;
  int64_t generation_count = 0;  // Questions included.
  Retention retention;
  // Since when it has been ready and has had nothing to do; absent: it has.
  std::optional<absl::Time> idle_since;
  // Once it has ended.
  absl::Status end_reason;
  absl::Time ended_at;
  bool has_crashed = false;  // Nobody had asked it to end.
  ModelCounts counts;        // Of its model, as far as the lister counts.
};

Bytes TotalOf(const std::vector<DeviceUse>& uses);

}  // namespace hwledger
