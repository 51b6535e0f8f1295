#pragma once

#include "absl/status/statusor.h"
#include "core/estimator.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// Ranges are core's to check; here only what the wire alone knows.
absl::StatusOr<EstimateRequest> FromProto(
    const v1::EstimateVramRequest& request);

v1::MemoryPrediction ToProto(const EstimateRequest& request,
                             const Estimate& estimate);

// The prediction's `layers`.
void AddLayers(const Estimate& estimate, v1::MemoryPrediction& prediction);

// The prediction's `terms`.
void AddTerms(const EstimateRequest& request, const Estimate& estimate,
              v1::MemoryPrediction& prediction);

}  // namespace hwledger
