#include "core/retry_delay.h"

#include <string>
#include <string_view>

#include "absl/strings/cord.h"

namespace hwledger {
namespace {

constexpr std::string_view kDelayPayload = "hwledger/retry-delay";

}  // namespace

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  const std::string text = absl::FormatDuration(delay);
  status.SetPayload(kDelayPayload, absl::Cord(text));
  return status;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const std::optional<absl::Cord> payload = status.GetPayload(kDelayPayload);
  absl::Duration delay;
  if (!payload || !absl::ParseDuration(std::string(*payload), &delay)) {
    return std::nullopt;
  }
  return delay;
}

}  // namespace hwledger
