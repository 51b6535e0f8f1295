#pragma once

#include "absl/status/status.h"
#include "core/estimate.h"
#include "core/model/known_model.h"

namespace hwledger {

// FieldError: settings cannot be tried as `request` says, which is by formulas
// alone, of llama.cpp.
absl::Status ValidateFormulas(const EstimateRequest& request);

// FieldError: what of `request` keeps the engine from being asked about
// `model`.
absl::Status DryRunRefusal(const KnownModel& model,
                           const EstimateRequest& request);

}  // namespace hwledger
