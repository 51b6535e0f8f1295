#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/model_share.h"
#include "core/planner/placement.h"
#include "core/planner/planner.h"

namespace hwledger {

// A model on its devices, to be weighed with any sequence length. Refers to
// both.
class PlacedModel {
 public:
  PlacedModel(const ModelShape& model, const EngineOptions& options,
              absl::Span<const Device> devices);

  const Placement& placement() const { return placement_; }
  const ModelShare& share(size_t device) const { return shares_[device]; }

  // What one device holds; its plan's `device` and `verdict` are left empty.
  DevicePlan Weigh(size_t device, const Pass& pass) const;

  // Whether each device has room beside what is `taken` of it (empty: nothing),
  // as far as is known; the host, for what others take from its memory, too.
  bool Fits(const EngineOptions& options, absl::Span<const Bytes> taken) const;

 private:
  bool IsHost(size_t device) const {
    return static_cast<int64_t>(device) == placement_.input;
  }
  Surroundings SurroundingsOf(size_t device) const;
  // The compute buffer of a device that computes layers.
  Bytes LayersBuffer(size_t device, const Pass& pass) const;

  const ModelShape& model_;
  const absl::Span<const Device> devices_;
  const Placement placement_;
  const std::vector<ModelShare> shares_;
  const std::vector<LayerGroup> all_groups_;
  // Several micro-batches are under way at once, each on another GPU.
  const bool is_pipelined_;
};

}  // namespace hwledger
