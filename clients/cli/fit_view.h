#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/surface.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// What was asked and what was answered.
struct SolvedFit {
  v1::FitGoal goal = v1::FIT_GOAL_UNSPECIFIED;
  v1::FitVramResponse response;
};

// One row per goal, for people, and what they all leave free on each device:
// `reserve_bytes`, else a twentieth.
std::string FormatFits(const std::vector<SolvedFit>& fits,
                       std::optional<int64_t> reserve_bytes,
                       const Surface& surface);

}  // namespace hwledger
