#pragma once

#include <vector>

#include "core/device.h"

namespace hwledger {

// What ggml can compute on, the CPU first, then in ggml's order. Measures the
// CPU's memory, which takes about a tenth of a second. StartLibllama comes
// first.
std::vector<Device> EngineDevices();

}  // namespace hwledger
