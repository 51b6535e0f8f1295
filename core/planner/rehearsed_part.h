#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/model/layer_matrices.h"
#include "core/model/model_shape.h"
#include "core/planner/placement.h"

namespace hwledger {

// The part of a model that one device computes: what all passes through it have
// in common. Refers to the model's layers.
struct RehearsedPart {
  size_t first = 0;  // The number of the first layer.
  absl::Span<const Layer> layers;
  absl::Span<const size_t> kinds;  // Of the layers.
  // Computed before and after them by other devices.
  absl::Span<const Layer> before;
  absl::Span<const Layer> behind;
  // Whose inputs are there: on the host, which hands them over, all layers'.
  absl::Span<const Layer> told;
  std::vector<const Layer*> told_kinds;  // One of each kind, in their order.
  // Of each layer the first, in the part, that any pass goes through in the
  // same way if it finds the same there.
  std::vector<size_t> turns;
  // Of so many of the layers, the first, the host has weights and caches.
  size_t host_layers = 0;
  // Of each layer what copies of the host's matrices take. Empty: of all layers
  // nothing.
  std::vector<LayerMatrices> copies;
  LayerMatrices CopiesOf(size_t index) const;

  bool has_tables = false;   // Of RoPE factors.
  bool has_windows = false;  // The model, as all that follow.
  // What the parts give is added where the stream is, and not the stream where
  // that is (llama.cpp: src/models/lfm2.cpp, mamba.cpp).
  bool adds_in_stream = false;
  // The same of what feed-forward parts give (llama.cpp: src/models/phi3.cpp).
  bool feeds_stream = false;
};

// Of `device`, which computes some; `kinds` are those of the model's layers.
RehearsedPart PartOf(const ModelShape& model, absl::Span<const size_t> kinds,
                     const Placement& placement, int64_t device);

// The same of a device that computes the host's layers too, which come first,
// and what the host's experts give for its own.
RehearsedPart PartWithHost(const ModelShape& model,
                           absl::Span<const size_t> kinds,
                           const Placement& placement, int64_t device);

}  // namespace hwledger
