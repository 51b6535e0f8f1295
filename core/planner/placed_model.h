#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/model_share.h"
#include "core/planner/placement.h"
#include "core/planner/planner.h"
#include "core/planner/rehearsal.h"

namespace hwledger {

// A model on its devices, to be weighed with any sequence length. Refers to
// both.
class PlacedModel {
 public:
  PlacedModel(const ModelShape& model, const EngineOptions& options,
              absl::Span<const Device> devices);

  PlacedModel(const PlacedModel&) = delete;
  PlacedModel& operator=(const PlacedModel&) = delete;

  // Of devices that share every layer, the first stands for all.
  const Placement& placement() const { return placement_; }
  const std::vector<int64_t>& sharers() const { return sharers_; }
  absl::Span<const size_t> kinds() const { return kinds_; }  // KindsOf.
  const ModelShare& share(size_t device) const { return shares_[device]; }

  // What one device holds; its plan's `device` and `verdict` are left empty.
  DevicePlan Weigh(size_t device, const Pass& pass) const;
  // Its compute buffer, by formulas alone.
  Bytes EstimateCompute(size_t device, const Pass& pass) const;

  // The bytes left on the device that has least of them left beside what is
  // needed of each, as far as is known; of the host beside what others take
  // from its memory, too. Below 0: it does not fit.
  int64_t RoomBeside(absl::FunctionRef<Bytes(size_t device)> needed_of) const;
  // The same beside the model's weights and caches alone, which are known
  // sooner.
  int64_t RoomToCompute(const EngineOptions& options) const;

 private:
  bool IsHost(size_t device) const {
    return static_cast<int64_t>(device) == placement_.input;
  }
  std::vector<bool> WhichCompute() const;
  std::vector<Surroundings> AllSurroundings() const;
  std::vector<std::optional<Rehearsal>> Rehearsals(
      const CacheLayout& layout) const;

  const ModelShape& model_;
  const absl::Span<const Device> devices_;
  const std::vector<int64_t> sharers_;  // Of every layer; else empty.
  const Placement placement_;
  const std::vector<ModelShape> thinner_models_;  // One per sharer.
  const std::vector<size_t> kinds_;               // Of the model's layers.
  const std::vector<ModelShare> shares_;
  const std::vector<LayerGroup> all_groups_;
  // Several micro-batches are under way at once, each on another GPU.
  const bool is_pipelined_;
  const std::vector<bool> compute_layers_;  // Of each device, whether it does.
  const std::vector<Surroundings> surroundings_;
  // Of devices whose compute buffer is known by going through the pass.
  const std::vector<std::optional<Rehearsal>> rehearsals_;
};

}  // namespace hwledger
