#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/model_share.h"
#include "core/planner/placement.h"

namespace hwledger {

// What each device holds of a model before anything is computed: its weights,
// and caches of any length. Refers to both.
class PlacedWeights {
 public:
  // `kinds` are those of the model's layers.
  PlacedWeights(const ModelShape& model, absl::Span<const size_t> kinds,
                const EngineOptions& options, absl::Span<const Device> devices);

  PlacedWeights(const PlacedWeights&) = delete;
  PlacedWeights& operator=(const PlacedWeights&) = delete;

  absl::Span<const Device> devices() const { return devices_; }
  // Of devices that share every layer, the first stands for all.
  const Placement& placement() const { return placement_; }
  // Those devices; else empty.
  const std::vector<int64_t>& sharers() const { return sharers_; }
  const ModelShare& share(size_t device) const { return shares_[device]; }
  bool IsHost(size_t device) const {
    return static_cast<int64_t>(device) == placement_.input;
  }

  // The bytes left on the device that has least of them left beside what is
  // needed of each, as far as is known; of the host beside what others take
  // from its memory, too. Below 0: it does not fit.
  int64_t RoomBeside(absl::FunctionRef<Bytes(size_t device)> needed_of) const;
  // The same beside weights and caches.
  int64_t RoomToCompute(const EngineOptions& options) const;

 private:
  const absl::Span<const Device> devices_;
  const std::vector<int64_t> sharers_;
  const Placement placement_;
  const std::vector<ModelShape> thinner_models_;  // One per sharer.
  const std::vector<ModelShare> shares_;
};

}  // namespace hwledger
