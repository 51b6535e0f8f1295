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

std::optional<double> Tera(const Json& preset, const char* field) {
  if (!preset.contains(field)) return std::nullopt;
  return preset[field].get<double>() * 1e12;
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
          .unified_memory = is_integrated,
          .computes_for_host = !is_integrated};
}

DevicePreset PresetOf(const Json& entry) {
  DevicePreset preset = {.device = DeviceOf(entry),
                         .fp32_flops_per_second = Tera(entry, "fp32_tflops"),
                         .fp16_flops_per_second = Tera(entry, "fp16_tflops"),
                         .fp8_flops_per_second = Tera(entry, "fp8_tflops"),
                         .int8_ops_per_second = Tera(entry, "int8_tops"),
                         .sources = entry["sources"]};
  preset.device.flops_per_second = preset.fp16_flops_per_second
                                       ? preset.fp16_flops_per_second
                                       : preset.fp32_flops_per_second;
  return preset;
}

}  // namespace

const std::vector<DevicePreset>& DevicePresets() {
  // Never destroyed: other statics may still use it.
  static const auto& presets = *[] {
    auto* read = new std::vector<DevicePreset>;
    const Json entries = Json::parse(kDevicePresetsJson, /*cb=*/nullptr,
                                     /*allow_exceptions=*/false);
    assert(entries.is_array());  // It is part of this program.
    for (const Json& entry : entries) read->push_back(PresetOf(entry));
    return read;
  }();
  return presets;
}

std::optional<Device> FindDevicePreset(std::string_view name) {
  for (const DevicePreset& preset : DevicePresets()) {
    if (absl::EqualsIgnoreCase(preset.device.name, name)) return preset.device;
  }
  return std::nullopt;
}

std::vector<std::string> DevicePresetNames() {
  std::vector<std::string> names;
  for (const DevicePreset& preset : DevicePresets()) {
    names.push_back(preset.device.name);
  }
  return names;
}

}  // namespace hwledger
