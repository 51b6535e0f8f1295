#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/device.h"

namespace hwledger {

// The device preset of a GPU that its driver describes so ("NVIDIA H100 80GB
// HBM3") and that has so much memory. Nothing where none is called so, or
// several that differ in their rates.
std::optional<Device> FindPresetOfGpu(std::string_view description,
                                      std::optional<Bytes> total);

// Gives GPUs whose rates nobody measured those that their makers state.
void AddStatedRates(std::vector<Device>& devices);

}  // namespace hwledger
