#pragma once

#include "absl/status/status.h"
#include "core/estimator.h"

namespace hwledger {

// ResourceExhausted: `plan`, the answer to `question`, does not fit; says what
// is needed and free on each device, and the nearest settings that would fit.
absl::Status LoadDoesNotFit(const EstimateRequest& question,
                            const MemoryPlan& plan, Estimator& estimator);

}  // namespace hwledger
