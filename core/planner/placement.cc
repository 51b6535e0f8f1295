#include "core/planner/placement.h"

#include <algorithm>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

std::vector<int64_t> DevicesOfKind(absl::Span<const Device> devices,
                                   DeviceKind kind) {
  std::vector<int64_t> found;
  for (int64_t i = 0; i < std::ssize(devices); ++i) {
    if (devices[static_cast<size_t>(i)].kind == kind) found.push_back(i);
  }
  return found;
}

}  // namespace

std::vector<int64_t> LayerDevices(absl::Span<const Device> devices) {
  std::vector<int64_t> gpus = DevicesOfKind(devices, DeviceKind::kGpu);
  return gpus.empty() ? DevicesOfKind(devices, DeviceKind::kIntegratedGpu)
                      : gpus;
}

namespace {

// The last part of the model, as a fraction of those on GPUs, that each GPU
// gets: its free memory and that of those before it. In float, as the engine
// computes it, so that a part on the border falls to the same side.
std::vector<float> Borders(absl::Span<const Device> devices,
                           absl::Span<const int64_t> gpus) {
  const bool all_known = absl::c_all_of(gpus, [devices](int64_t gpu) {
    return devices[static_cast<size_t>(gpu)].free.has_value();
  });
  std::vector<float> borders;
  float sum = 0;
  for (const int64_t gpu : gpus) {
    const Device& device = devices[static_cast<size_t>(gpu)];
    sum += all_known ? static_cast<float>(device.free->count()) : 1.0F;
    borders.push_back(sum);
  }
  for (float& border : borders) border = sum > 0 ? border / sum : 1.0F;
  return borders;
}

}  // namespace

Placement PlaceLayers(int64_t layer_count, int64_t gpu_layers,
                      absl::Span<const Device> devices) {
  Placement placement{
      .layers = std::vector<int64_t>(static_cast<size_t>(layer_count), 0)};
  const std::vector<int64_t> gpus = LayerDevices(devices);
  const int64_t part_count = layer_count + 1;
  const int64_t on_gpus = gpus.empty()     ? 0
                          : gpu_layers < 0 ? part_count
                                           : std::min(gpu_layers, part_count);
  const std::vector<float> borders = Borders(devices, gpus);
  for (int64_t part = part_count - on_gpus; part < part_count; ++part) {
    const float position = static_cast<float>(part - (part_count - on_gpus)) /
                           static_cast<float>(on_gpus);
    const auto gpu = std::min<size_t>(
        static_cast<size_t>(absl::c_upper_bound(borders, position) -
                            borders.begin()),
        gpus.size() - 1);
    (part == layer_count ? placement.output
                         : placement.layers[static_cast<size_t>(part)]) =
        gpus[gpu];
  }
  return placement;
}

}  // namespace hwledger
