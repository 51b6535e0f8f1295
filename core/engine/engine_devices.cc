#include "core/engine/engine_devices.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <thread>

#include "core/engine/compute_rate.h"
#include "core/engine/memory_bandwidth.h"
#include "ggml-backend.h"

namespace hwledger {
namespace {

DeviceKind KindOf(ggml_backend_dev_t device) {
  switch (ggml_backend_dev_type(device)) {
    case GGML_BACKEND_DEVICE_TYPE_CPU:
      return DeviceKind::kCpu;
    case GGML_BACKEND_DEVICE_TYPE_GPU:
      return DeviceKind::kGpu;
    case GGML_BACKEND_DEVICE_TYPE_IGPU:
      return DeviceKind::kIntegratedGpu;
    default:
      return DeviceKind::kAccelerator;
  }
}

// ggml says 0 for what it does not know.
std::optional<Bytes> Known(size_t bytes) {
  if (bytes == 0) return std::nullopt;
  return Bytes(static_cast<int64_t>(bytes));
}

Device DeviceOf(ggml_backend_dev_t handle, DeviceRates rates) {
  size_t free = 0;
  size_t total = 0;
  ggml_backend_dev_memory(handle, &free, &total);
  Device device = {.name = ggml_backend_dev_name(handle),
                   .description = ggml_backend_dev_description(handle),
                   .kind = KindOf(handle),
                   .total = Known(total)};
  if (device.total) device.free = Bytes(static_cast<int64_t>(free));
  if (device.kind == DeviceKind::kCpu) {
    device.core_count =
        std::max<int64_t>(std::thread::hardware_concurrency(), 1);
    if (rates == DeviceRates::kMeasured) {
      device.bandwidth_per_second = MeasureMemoryBandwidth(*device.core_count);
      device.flops_per_second =
          MeasureFlops(WeightType::kF16, *device.core_count);
      device.quantized_flops_per_second =
          MeasureFlops(WeightType::kQuantized, *device.core_count);
    }
  }
  device.unified_memory = device.kind == DeviceKind::kIntegratedGpu;
  device.computes_for_host = ComputesForHost(device.kind, device.name);
  return device;
}

}  // namespace

std::vector<Device> EngineDevices(DeviceRates rates) {
  const size_t count = ggml_backend_dev_count();
  std::vector<Device> devices;
  devices.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    devices.push_back(DeviceOf(ggml_backend_dev_get(i), rates));
  }
  std::stable_partition(
      devices.begin(), devices.end(),
      [](const Device& device) { return device.kind == DeviceKind::kCpu; });
  return devices;
}

}  // namespace hwledger
