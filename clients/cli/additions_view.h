#pragma once

#include <string>

#include "clients/cli/surface.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// One row for each thing that is loaded beside the model; empty where there is
// none.
std::string FormatAdditions(const v1::MemoryPrediction& prediction,
                            const Surface& surface);

}  // namespace hwledger
