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
#include "core/planner/placed_weights.h"
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

  const PlacedWeights& weights() const { return weights_; }
  absl::Span<const size_t> kinds() const { return kinds_; }  // KindsOf.

  // What one device holds; its plan's `device` and `verdict` are left empty.
  DevicePlan Weigh(size_t device, const Pass& pass) const;
  // Its compute buffer, by formulas alone.
  Bytes EstimateCompute(size_t device, const Pass& pass) const;

 private:
  std::optional<size_t> HelperOf(const EngineOptions& options) const;
  std::vector<bool> WhichCompute() const;
  std::vector<Surroundings> AllSurroundings() const;
  Bytes EstimateHelper(const Pass& pass) const;
  std::vector<std::optional<Rehearsal>> Rehearsals(
      const CacheLayout& layout) const;

  const ModelShape& model_;
  const std::vector<size_t> kinds_;  // Of the model's layers.
  const PlacedWeights weights_;
  const std::vector<LayerGroup> all_groups_;
  // Several micro-batches are under way at once, each on another GPU.
  const bool is_pipelined_;
  // The device that computes what the host has, if one does.
  const std::optional<size_t> helper_;
  const std::vector<bool> compute_layers_;  // Of each device, whether it does.
  const std::vector<Surroundings> surroundings_;
  // Of devices whose compute buffer is known by going through the pass.
  const std::vector<std::optional<Rehearsal>> rehearsals_;
};

}  // namespace hwledger
