#pragma once

#include "absl/status/status.h"
#include "core/engine/engine_options.h"

namespace hwledger {

struct LoadRequest;

// FailedPrecondition: the model is loaded, and `asked` sets an option to
// another value than it was loaded with; names the option and both.
absl::Status CheckLoadedAs(const LoadRequest& asked,
                           const EngineOptions& loaded);

}  // namespace hwledger
