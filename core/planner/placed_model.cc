#include "core/planner/placed_model.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"
#include "core/planner/handover.h"
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

// Several GPUs that hold the whole model work on several micro-batches at once
// (llama.cpp: llama_context, pipeline parallelism).
bool IsPipelined(const Placement& placement, absl::Span<const Device> devices) {
  if (placement.host_expert_layers > 0) return false;
  const int64_t host = placement.input;
  const int64_t gpus = absl::c_count_if(devices, [](const Device& device) {
    return device.kind == DeviceKind::kGpu;
  });
  return gpus > 1 && placement.output != host &&
         absl::c_find(placement.layers, host) == placement.layers.end();
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

PlacedModel::PlacedModel(const ModelShape& model, const EngineOptions& options,
                         absl::Span<const Device> devices)
    : model_(model),
      devices_(devices),
      sharers_(SharersOf(options, devices)),
      placement_(PlacementOf(model, options, devices, sharers_)),
      thinner_models_(ThinnerModels(model, std::ssize(sharers_))),
      kinds_(KindsOf(model.layers)),
      shares_(SharesWith(sharers_, thinner_models_, model, kinds_, placement_,
                         std::ssize(devices))),
      all_groups_(GroupsOf(model, kinds_)),
      is_pipelined_(sharers_.empty() && IsPipelined(placement_, devices)),
      rehearsals_(Rehearsals(CacheLayoutOf(options))) {}

Surroundings PlacedModel::SurroundingsOf(size_t device) const {
  auto index = static_cast<int64_t>(device);
  if (absl::c_linear_search(sharers_, index)) index = sharers_.front();
  Surroundings around = is_pipelined_
                            ? SurroundingsInPipeline(model_, placement_, index)
                            : SurroundingsAlone(model_, placement_, index);
  if (IsHost(device)) around.told = all_groups_;
  return around;
}

// A host that has all to itself is weighed by the formula, which is as good and
// faster, unless a cache must be converted or tokens are mixed with those
// before.
std::vector<std::optional<Rehearsal>> PlacedModel::Rehearsals(
    const CacheLayout& layout) const {
  std::vector<std::optional<Rehearsal>> rehearsals(devices_.size());
  if (!sharers_.empty()) return rehearsals;
  const bool converts =
      !layout.transposed_values &&
      (layout.key_type->name == "F32" || layout.value_type->name == "F32");
  const bool mixes = absl::c_any_of(model_.layers, Mixes);
  for (size_t i = 0; i < devices_.size(); ++i) {
    const bool has_all = shares_[i].has_output &&
                         shares_[i].layer_count == std::ssize(model_.layers);
    if (IsHost(i) && has_all && !converts && !mixes) continue;
    rehearsals[i] = Rehearsal::Of(model_, kinds_, placement_,
                                  static_cast<int64_t>(i), is_pipelined_);
  }
  return rehearsals;
}

Bytes PlacedModel::LayersBuffer(size_t device, const Pass& pass) const {
  if (rehearsals_[device]) return rehearsals_[device]->BufferFor(pass);
  const ModelShare& share = shares_[device];
  return ComputeBuffer(share.groups, model_.embedding_elements,
                       share.has_output ? model_.vocabulary_size : 0,
                       SurroundingsOf(device), pass);
}

DevicePlan PlacedModel::Weigh(size_t device, const Pass& pass) const {
  const ModelShare& share = shares_[device];
  DevicePlan plan{.weights = share.weights,
                  .kv_cache = share.KvCache(pass.layout)};
  const bool computes =
      sharers_.empty()
          ? HasComputedLayers(model_, placement_, static_cast<int64_t>(device))
          : share.layer_count > 0;
  if (computes) {
    plan.compute_buffer = LayersBuffer(device, pass);
  } else if (share.has_output) {
    plan.compute_buffer = OutputLayerBuffer(model_, placement_, pass);
  } else if (IsHost(device)) {
    plan.compute_buffer = HostExpertsBuffer(share.expert_groups, all_groups_,
                                            model_.embedding_elements,
                                            SurroundingsOf(device), pass);
  }
  if (IsHost(device)) {
    plan.output_buffer = OutputBuffer(model_.vocabulary_size, pass);
  }
  return plan;
}

int64_t PlacedModel::RoomBeside(
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

int64_t PlacedModel::Room(const EngineOptions& options,
                          absl::Span<const Bytes> taken) const {
  const Pass pass = PassOf(options);
  return RoomBeside([&](size_t device) {
    const Bytes needed = Weigh(device, pass).total();
    return taken.empty() ? needed : needed + taken[device];
  });
}

int64_t PlacedModel::RoomToCompute(const EngineOptions& options) const {
  const CacheLayout layout = CacheLayoutOf(options);
  return RoomBeside([&](size_t device) {
    return shares_[device].weights + shares_[device].KvCache(layout);
  });
}

}  // namespace hwledger
