#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/surface.h"
#include "hwledger/v1/planner.pb.h"

// How predictions are shown to people.
namespace hwledger {

// What was asked and what was answered.
struct Plan {
  v1::EstimateVramRequest request;
  v1::MemoryPrediction prediction;
};

// One row per plan.
std::string FormatPlans(const std::vector<Plan>& plans, const Surface& surface);

// All that there is to say about one plan: devices, verdict, warnings, and how
// to start it.
std::string FormatPlanDetails(const Plan& plan, const Surface& surface);

// One row per summand.
std::string FormatTerms(const v1::MemoryPrediction& prediction,
                        const Surface& surface);

}  // namespace hwledger
