#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"

namespace hwledger {

// A GPU to plan for without having it, by a name such as "rtx-4090", with all
// of its memory free. Case does not matter. Nothing where the name is not
// known.
std::optional<Device> FindDevicePreset(std::string_view name);

// In alphabetical order.
std::vector<std::string> DevicePresetNames();

}  // namespace hwledger
