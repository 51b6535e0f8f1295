#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/device.h"

namespace hwledger {

// A device to plan for: a preset, one of this machine's, or one described.
struct DeviceRequest {
  std::string name;
  std::optional<Bytes> memory;
  std::optional<Bytes> bandwidth_per_second;
  std::optional<double> flops_per_second;
};

// The devices to plan for, the host first; `present`, this machine's own, where
// none is asked for. FieldError: one that is neither a preset, nor present, nor
// described by its memory; one of this machine's own twice.
absl::StatusOr<std::vector<Device>> RequestedDevices(
    const std::vector<DeviceRequest>& requests,
    const std::vector<Device>& present);

// Whether `requests` name all of `present` as they are, and nothing else.
bool AreAllPresent(const std::vector<DeviceRequest>& requests,
                   const std::vector<Device>& present);

}  // namespace hwledger
