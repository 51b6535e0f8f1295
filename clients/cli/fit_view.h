#pragma once

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

// One row per goal, for people.
std::string FormatFits(const std::vector<SolvedFit>& fits,
                       const Surface& surface);

}  // namespace hwledger
