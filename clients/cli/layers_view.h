#pragma once

#include <string>

#include "clients/cli/plan_view.h"
#include "clients/cli/surface.h"

namespace hwledger {

// One row per layer, and what the rows do not tell.
std::string FormatLayers(const Plan& plan, const Surface& surface);

}  // namespace hwledger
