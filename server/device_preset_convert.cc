#include "server/device_preset_convert.h"

#include "core/bytes.h"
#include "server/inference_convert.h"

namespace hwledger {

v1::DevicePreset ToProto(const DevicePreset& preset) {
  const Device& device = preset.device;
  v1::DevicePreset message;
  message.set_name(device.name);
  message.set_description(device.description);
  message.set_kind(ToProto(device.kind));
  message.set_total_bytes(device.total.value_or(Bytes()).count());
  message.set_usable_bytes(device.free.value_or(Bytes()).count());
  message.set_bandwidth_bytes_per_second(
      device.bandwidth_per_second.value_or(Bytes()).count());
  if (preset.fp32_flops_per_second) {
    message.set_fp32_flops_per_second(*preset.fp32_flops_per_second);
  }
  if (preset.fp16_flops_per_second) {
    message.set_fp16_flops_per_second(*preset.fp16_flops_per_second);
  }
  if (preset.fp8_flops_per_second) {
    message.set_fp8_flops_per_second(*preset.fp8_flops_per_second);
  }
  if (preset.int8_ops_per_second) {
    message.set_int8_ops_per_second(*preset.int8_ops_per_second);
  }
  for (const std::string& source : preset.sources) {
    message.add_sources(source);
  }
  return message;
}

}  // namespace hwledger
