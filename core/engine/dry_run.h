#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine/engine_options.h"

namespace hwledger {

// What each device would hold if the model at `path` were loaded with
// `options`, by libllama's own accounting. Reads no weights and allocates none.
// libllama must have been started.
//
// libllama ends the process on some damaged files: call it in a process that
// may die.
//
// Errors: those of ReadGguf. InvalidArgument: the options, alone or for this
// model, or not a model that libllama can load. ResourceExhausted: the states
// of so many sequences of a recurrent model, or the records of so many cells,
// which libllama really allocates, would be too large.
absl::StatusOr<std::vector<DeviceUse>> DryRun(const std::string& path,
                                              const EngineOptions& options);

}  // namespace hwledger
