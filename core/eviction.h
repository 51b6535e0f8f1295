#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/planner/planner.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// Memory by where it lies: the name of a GPU, or "" for main memory, from which
// devices without memory of their own take, too.
using DeviceMemory = std::map<std::string, Bytes>;

// What a plan needs of each.
DeviceMemory MemoryOf(absl::Span<const DevicePlan> shares);

// What a plan needs and its devices have not free; empty: it fits. What a
// device has free may be unknown; then it lacks nothing.
DeviceMemory MissingMemory(absl::Span<const DevicePlan> shares);

// The paths of the models to unload so that at least `missing` comes free: of
// those that are idle and not pinned as few as possible, then those that hold
// the least. Absent: not even all of them would do. Pure.
std::optional<std::vector<std::string>> ChooseEvictions(
    const DeviceMemory& missing, absl::Span<const RunnerSnapshot> loaded);

}  // namespace hwledger
