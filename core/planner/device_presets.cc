#include "core/planner/device_presets.h"

#include <cstdint>

#include "absl/strings/match.h"

namespace hwledger {
namespace {

struct Preset {
  std::string_view name;
  std::string_view description;
  int64_t memory_gib = 0;
  int64_t bandwidth_gb_per_second = 0;  // 10^9 bytes.
};

// Memory and its bandwidth as the makers' data sheets state them (NVIDIA and
// AMD product pages); what their "GB" of memory means is GiB. A part of it is
// the driver's own.
constexpr Preset kPresets[] = {
    {"a100-40gb", "NVIDIA A100 40GB", 40, 1555},
    {"a100-80gb", "NVIDIA A100 80GB SXM", 80, 2039},
    {"h100-pcie", "NVIDIA H100 PCIe", 80, 2000},
    {"h100-sxm", "NVIDIA H100 SXM", 80, 3350},
    {"h200", "NVIDIA H200 SXM", 141, 4800},
    {"l4", "NVIDIA L4", 24, 300},
    {"l40s", "NVIDIA L40S", 48, 864},
    {"mi300x", "AMD Instinct MI300X", 192, 5300},
    {"rtx-3060", "NVIDIA GeForce RTX 3060 12GB", 12, 360},
    {"rtx-3090", "NVIDIA GeForce RTX 3090", 24, 936},
    {"rtx-4070", "NVIDIA GeForce RTX 4070", 12, 504},
    {"rtx-4080", "NVIDIA GeForce RTX 4080", 16, 717},
    {"rtx-4090", "NVIDIA GeForce RTX 4090", 24, 1008},
    {"rtx-5080", "NVIDIA GeForce RTX 5080", 16, 960},
    {"rtx-5090", "NVIDIA GeForce RTX 5090", 32, 1792},
    {"rtx-a6000", "NVIDIA RTX A6000", 48, 768},
    {"rx-7900-xtx", "AMD Radeon RX 7900 XTX", 24, 960},
};

}  // namespace

std::optional<Device> FindDevicePreset(std::string_view name) {
  for (const Preset& preset : kPresets) {
    if (!absl::EqualsIgnoreCase(preset.name, name)) continue;
    return Device{.name = std::string(preset.name),
                  .description = std::string(preset.description),
                  .kind = DeviceKind::kGpu,
                  .total = GiB(preset.memory_gib),
                  .free = GiB(preset.memory_gib),
                  .bandwidth_per_second =
                      Bytes(preset.bandwidth_gb_per_second * 1'000'000'000)};
  }
  return std::nullopt;
}

std::vector<std::string> DevicePresetNames() {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

}  // namespace hwledger
