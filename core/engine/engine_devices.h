#pragma once

#include <vector>

#include "core/device.h"

namespace hwledger {

// What ggml can compute on, the CPU first, then in ggml's order. Rates are
// measured of the CPU only. StartLibllama comes first.
std::vector<Device> EngineDevices(DeviceRates rates);

}  // namespace hwledger
