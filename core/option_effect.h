#pragma once

#include "absl/status/status.h"
#include "core/estimate.h"

namespace hwledger {

// FieldError: an option of `request`, which `estimate` answers, has no effect:
// experts on the host for a model that has none. More layers than there are, on
// GPUs or none, is what people write for all of them (-ngl 99).
absl::Status ValidateEffect(const EstimateRequest& request,
                            const Estimate& estimate);

}  // namespace hwledger
