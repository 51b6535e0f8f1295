#pragma once

#include "absl/status/statusor.h"
#include "core/estimator.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// Ranges are core's to check; here only what the wire alone knows.
absl::StatusOr<EstimateRequest> FromProto(
    const v1::EstimateVramRequest& request);

}  // namespace hwledger
