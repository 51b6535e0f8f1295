#pragma once

#include "absl/status/status.h"
#include "core/estimate.h"

namespace hwledger {

// FieldError: an option of `request`, which `estimate` answers, asks for more
// than there is to have, so that the answer is one to another question: layers
// on GPUs without a GPU, or more than the model has.
absl::Status ValidateEffect(const EstimateRequest& request,
                            const Estimate& estimate);

}  // namespace hwledger
