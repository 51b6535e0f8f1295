#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine/engine_options.h"

namespace hwledger {

// What each device would hold if the multimodal projector at `path` were
// loaded, for the largest image that it takes, by libmtmd's own accounting.
// Reads no weights and allocates none. libllama must have been started.
//
// libmtmd ends the process on some damaged files: call it in a process that may
// die.
//
// InvalidArgument: not a projector that libmtmd can load.
absl::StatusOr<std::vector<ProjectorUse>> ProjectorDryRun(
    const std::string& path, FlashAttention flash_attention);

}  // namespace hwledger
