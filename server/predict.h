#pragma once

#include "absl/status/statusor.h"
#include "core/estimator.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// The answer to one request of EstimateVram or WatchVram. Reads files.
absl::StatusOr<v1::MemoryPrediction> Predict(
    const v1::EstimateVramRequest& request, Estimator& estimator);

// The answer to one request of FitVram. Reads files.
absl::StatusOr<v1::FitVramResponse> SolveFit(const v1::FitVramRequest& request,
                                             Estimator& estimator);

}  // namespace hwledger
