#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device.h"
#include "core/engine/engine_options.h"

namespace hwledger {

// Questions to the engine, each answered by a short-lived process of its own:
// the engine aborts on some inputs, and a GPU back-end holds hundreds of
// megabytes. `runner_path` is the program. They block.

absl::StatusOr<std::vector<Device>> AskDevices(const std::string& runner_path,
                                               DeviceRates rates);

absl::StatusOr<std::vector<DeviceUse>> AskDryRun(const std::string& runner_path,
                                                 const std::string& model_path,
                                                 const EngineOptions& options);

absl::StatusOr<std::vector<ProjectorUse>> AskProjectorDryRun(
    const std::string& runner_path, const std::string& projector_path,
    FlashAttention flash_attention);

}  // namespace hwledger
