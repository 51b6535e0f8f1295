#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace hwledger {

// The error with the time after which the same call may succeed.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

// That time, where an error tells one.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

}  // namespace hwledger
