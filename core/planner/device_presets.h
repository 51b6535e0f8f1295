#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"

namespace hwledger {

// A GPU to plan for without having it, and where its figures stand.
struct DevicePreset {
  Device device;  // With all of its memory free.
  // Operations per second on dense matrices, by the precision of their
  // elements. Absent: none was found.
  std::optional<double> fp32_flops_per_second;
  std::optional<double> fp16_flops_per_second;
  std::optional<double> fp8_flops_per_second;
  std::optional<double> int8_ops_per_second;
  std::vector<std::string> sources;  // URLs.
};

// All of them, by name.
//
// device_presets.json holds what makers state, or databases where the maker's
// page could not be opened; each entry names its sources. Memory is in GiB,
// which is what makers mean by their GB of it (a part is the driver's own);
// rates are those of dense matrices, 16-bit ones accumulated in FP32. A device
// that states none for 16 bits computes them at its FP32 rate; where neither is
// there, none was found, or it depends on the power that a laptop gives it.
//
// Of an integrated GPU, `total` is all that it shares with the host, and `free`
// what it may use of that. Metal lets a GPU use two thirds of 8 to 32 GiB and
// three quarters of more (MTLDevice.recommendedMaxWorkingSetSize as llama.cpp
// logs it: ggml-org/llama.cpp issues 5207 and 1870); macOS 26 was seen to allow
// more, 107.5 of 128 GiB.
const std::vector<DevicePreset>& DevicePresets();

// The one with a name such as "rtx-4090". Case does not matter. Nothing where
// the name is not known.
std::optional<Device> FindDevicePreset(std::string_view name);

// In alphabetical order.
std::vector<std::string> DevicePresetNames();

}  // namespace hwledger
