#pragma once

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/additions.h"
#include "core/planner/placed_model.h"
#include "core/planner/planner.h"

namespace hwledger {

// A model and what is loaded beside it, on their devices, to be weighed with
// any sequence length. Refers to all of them.
class PlacedSet {
 public:
  PlacedSet(const ModelShape& model, const EngineOptions& options,
            absl::Span<const Device> devices, const Additions& additions);

  const PlacedModel& model() const { return model_; }

  // What each device holds for each addition.
  std::vector<AdditionPlan> WeighAdditions(const EngineOptions& options) const;

  // What all of these need of each device.
  std::vector<Bytes> Needed(const EngineOptions& options) const;
  // The pass that the model is weighed for.
  Pass PassFor(const EngineOptions& options) const;
  bool Fits(const EngineOptions& options) const;

 private:
  AdditionPlan WeighDraft(const EngineOptions& options) const;
  AdditionPlan WeighAdapter(const LoraAdapter& adapter) const;
  AdditionPlan WeighProjector(const Projector& projector) const;

  const absl::Span<const Device> devices_;
  const Additions& additions_;
  const PlacedModel model_;
  // By the same shares as the model: what that leaves free on each GPU is much
  // as what was free before.
  const std::optional<PlacedModel> draft_;
};

}  // namespace hwledger
