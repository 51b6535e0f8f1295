#pragma once

#include "absl/status/status.h"

namespace hwledger {

struct LoadPlan;
struct LoadRequest;

// FailedPrecondition: the model is loaded, and `asked` sets an option to
// another value than it was loaded with; names the option and both.
absl::Status CheckLoadedAs(const LoadRequest& asked, const LoadPlan& plan);

}  // namespace hwledger
