#pragma once

#include <string>

#include "absl/time/time.h"

namespace hwledger {

// As Ollama's API tells times: RFC 3339, to the nanosecond.
inline std::string OllamaTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", time, absl::UTCTimeZone());
}

}  // namespace hwledger
