#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/device.h"

namespace hwledger {

// Where the parts of a model go, as indices into the devices.
struct Placement {
  int64_t input = 0;            // Always the host.
  std::vector<int64_t> layers;  // Their weights and caches.
  int64_t output = 0;
  // Of so many layers, the first, the experts stay where the input is.
  int64_t host_expert_layers = 0;

  int64_t ExpertsOf(int64_t layer) const {
    return layer < host_expert_layers ? input
                                      : layers[static_cast<size_t>(layer)];
  }
};

// The devices that layers can go to besides the host: the GPUs, or the
// integrated ones where there is no other.
std::vector<int64_t> LayerDevices(absl::Span<const Device> devices);

// Counted from the end, the output layer first, `gpu_layers` of the parts go on
// the GPUs (-1: all), in order and in shares by free memory; the rest stays on
// the host, which is the first of `devices`. An integrated GPU is used only
// where there is no other; what is neither CPU nor GPU holds no layers
// (llama.cpp: llama_model::load_tensors).
Placement PlaceLayers(int64_t layer_count, int64_t gpu_layers,
                      absl::Span<const Device> devices);

}  // namespace hwledger
