#pragma once

#include "absl/status/statusor.h"
#include "core/estimator.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

v1::PredictionMethod ToProto(PredictionMethod method);

v1::MemoryPrediction ToProto(const EstimateRequest& request,
                             const Estimate& estimate);

// The prediction's `layers`.
void AddLayers(const Estimate& estimate, v1::MemoryPrediction& prediction);

// The prediction's `terms`.
void AddTerms(const EstimateRequest& request, const Estimate& estimate,
              v1::MemoryPrediction& prediction);

}  // namespace hwledger
