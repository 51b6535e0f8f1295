#include "core/device.h"

#include "absl/strings/match.h"

namespace hwledger {

bool ComputesForHost(DeviceKind kind, std::string_view name) {
  return kind == DeviceKind::kGpu && !absl::StartsWith(name, "RPC") &&
         !absl::StartsWith(name, "MTL") && !absl::StartsWith(name, "Metal");
}

}  // namespace hwledger
