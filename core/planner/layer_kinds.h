#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/model/model_shape.h"

namespace hwledger {

// For each of `layers` which of them is the first that the planner's formulas
// cannot tell from it. To compare layers takes longest of all in a plan, so it
// is done once.
std::vector<size_t> KindsOf(absl::Span<const Layer> layers);

}  // namespace hwledger
