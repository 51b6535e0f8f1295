#include "core/planner/device_presets.h"

#include <cassert>

#include "absl/strings/match.h"
#include "core/planner/device_presets_json.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using Json = nlohmann::json;

Bytes Gigabytes(double count) {  // 10^9 bytes.
  return Bytes(static_cast<int64_t>(count * 1e9));
}

// Of products of 16-bit matrices.
std::optional<double> FlopsPerSecond(const Json& preset) {
  for (const char* field : {"fp16_tflops", "fp32_tflops"}) {
    if (preset.contains(field)) return preset[field].get<double>() * 1e12;
  }
  return std::nullopt;
}

Device DeviceOf(const Json& preset) {
  const bool is_integrated = preset["kind"] == "integrated";
  const Bytes memory = GiB(preset["memory_gib"].get<int64_t>());
  return {.name = preset["name"],
          .description = preset["description"],
          .kind = is_integrated ? DeviceKind::kIntegratedGpu : DeviceKind::kGpu,
          .total = memory,
          .free = preset.contains("gpu_memory_mib")
                      ? MiB(preset["gpu_memory_mib"].get<int64_t>())
                      : memory,
          .bandwidth_per_second =
              Gigabytes(preset["bandwidth_gb_per_second"].get<double>()),
          .flops_per_second = FlopsPerSecond(preset),
          .unified_memory = is_integrated};
}

const std::vector<Device>& Presets() {
  // Never destroyed: other statics may still use it.
  static const auto& presets = *[] {
    auto* read = new std::vector<Device>;
    const Json entries = Json::parse(kDevicePresetsJson, /*cb=*/nullptr,
                                     /*allow_exceptions=*/false);
    assert(entries.is_array());  // It is part of this program.
    for (const Json& entry : entries) read->push_back(DeviceOf(entry));
    return read;
  }();
  return presets;
}

}  // namespace

std::optional<Device> FindDevicePreset(std::string_view name) {
  for (const Device& preset : Presets()) {
    if (absl::EqualsIgnoreCase(preset.name, name)) return preset;
  }
  return std::nullopt;
}

std::vector<std::string> DevicePresetNames() {
  std::vector<std::string> names;
  for (const Device& preset : Presets()) names.push_back(preset.name);
  return names;
}

}  // namespace hwledger
