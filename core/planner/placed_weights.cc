#include "core/planner/placed_weights.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/planner/layer_kinds.h"
#include "core/planner/tensor_split.h"

namespace hwledger {
namespace {

Placement PlacementOf(const ModelShape& model, const EngineOptions& options,
                      absl::Span<const Device> devices,
                      absl::Span<const int64_t> sharers) {
  if (!sharers.empty()) {
    devices = devices.first(static_cast<size_t>(sharers.front()) + 1);
  }
  Placement placement =
      PlaceLayers(std::ssize(model.layers), options.gpu_layers, devices);
  placement.host_expert_layers = options.cpu_moe_layers;
  return placement;
}

// Each of `sharers` has what the first would have of a model that is thinner.
std::vector<ModelShare> SharesWith(absl::Span<const int64_t> sharers,
                                   absl::Span<const ModelShape> thinner_models,
                                   const ModelShape& model,
                                   absl::Span<const size_t> kinds,
                                   const Placement& placement,
                                   int64_t device_count) {
  std::vector<ModelShare> shares =
      SharesOf(model, kinds, placement, device_count);
  for (size_t i = 0; i < sharers.size(); ++i) {
    const ModelShape& thinner_model = thinner_models[i];
    std::vector<ModelShare> thinner = SharesOf(
        thinner_model, KindsOf(thinner_model.layers), placement, device_count);
    ModelShare& share = shares[static_cast<size_t>(sharers[i])];
    share = std::move(thinner[static_cast<size_t>(sharers.front())]);
    share.attention_part = 1 / static_cast<double>(sharers.size());
    if (!model.tied_embedding) share.output_elements /= std::ssize(sharers);
  }
  return shares;
}

}  // namespace

PlacedWeights::PlacedWeights(const ModelShape& model,
                             absl::Span<const size_t> kinds,
                             const EngineOptions& options,
                             absl::Span<const Device> devices)
    : devices_(devices),
      sharers_(SharersOf(options, devices)),
      placement_(PlacementOf(model, options, devices, sharers_)),
      thinner_models_(ThinnerModels(model, std::ssize(sharers_))),
      shares_(SharesWith(sharers_, thinner_models_, model, kinds, placement_,
                         std::ssize(devices))) {}

int64_t PlacedWeights::RoomBeside(
    absl::FunctionRef<Bytes(size_t)> needed_of) const {
  int64_t room = std::numeric_limits<int64_t>::max();
  Bytes taken_from_host;
  // The host, which is the first, at the end.
  for (size_t i = devices_.size(); i-- > 0;) {
    Bytes needed = needed_of(i);
    if (devices_[i].unified_memory) taken_from_host += needed;
    if (IsHost(i)) needed += taken_from_host;
    if (!devices_[i].free) continue;
    room = std::min(room, devices_[i].free->count() - needed.count());
  }
  return room;
}

int64_t PlacedWeights::RoomToCompute(const EngineOptions& options) const {
  const CacheLayout layout = CacheLayoutOf(options);
  return RoomBeside([&](size_t device) {
    return shares_[device].weights + shares_[device].KvCache(layout);
  });
}

}  // namespace hwledger
