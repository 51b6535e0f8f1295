#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device.h"
#include "core/estimate.h"
#include "core/model/known_model.h"

namespace hwledger {

// What `model`, whose shape is known, takes in the runtime of `request`, which
// is another than llama.cpp: its weights as `request` names them, else as they
// are published, else in 16 bits, with a warning where that is no matter of
// course. `devices` are those of `request`, or this machine's.
//
// FieldError: the runtime has no such option, weights or devices.
absl::StatusOr<Estimate> EstimateForRuntime(
    const EstimateRequest& request,
    const std::shared_ptr<const KnownModel>& model,
    const std::vector<Device>& devices);

}  // namespace hwledger
