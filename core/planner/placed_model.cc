#include "core/planner/placed_model.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "core/planner/handover.h"
#include "core/planner/rehearsal.h"
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
                                   const Placement& placement,
                                   int64_t device_count) {
  std::vector<ModelShare> shares = SharesOf(model, placement, device_count);
  for (size_t i = 0; i < sharers.size(); ++i) {
    std::vector<ModelShare> thinner =
        SharesOf(thinner_models[i], placement, device_count);
    ModelShare& share = shares[static_cast<size_t>(sharers[i])];
    share = std::move(thinner[static_cast<size_t>(sharers.front())]);
    share.attention_part = 1 / static_cast<double>(sharers.size());
    if (!model.tied_embedding) share.output_elements /= std::ssize(sharers);
  }
  return shares;
}

// All layers, grouped: where one device has them all, as it has them, since to
// compare each with the others takes longest of all.
std::vector<LayerGroup> AllGroups(const ModelShape& model,
                                  absl::Span<const ModelShare> shares,
                                  absl::Span<const int64_t> sharers) {
  for (const ModelShare& share : shares) {
    if (sharers.empty() && share.layer_count == std::ssize(model.layers) &&
        absl::c_all_of(share.groups, [](const LayerGroup& group) {
          return group.has_experts;
        })) {
      return share.groups;
    }
  }
  return GroupsOf(model);
}

}  // namespace

PlacedModel::PlacedModel(const ModelShape& model, const EngineOptions& options,
                         absl::Span<const Device> devices)
    : model_(model),
      devices_(devices),
      sharers_(SharersOf(options, devices)),
      placement_(PlacementOf(model, options, devices, sharers_)),
      thinner_models_(ThinnerModels(model, std::ssize(sharers_))),
      shares_(SharesWith(sharers_, thinner_models_, model, placement_,
                         std::ssize(devices))),
      all_groups_(AllGroups(model, shares_, sharers_)),
      is_pipelined_(sharers_.empty() && IsPipelined(placement_, devices)) {}

Surroundings PlacedModel::SurroundingsOf(size_t device) const {
  auto index = static_cast<int64_t>(device);
  if (absl::c_linear_search(sharers_, index)) index = sharers_.front();
  Surroundings around = is_pipelined_
                            ? SurroundingsInPipeline(model_, placement_, index)
                            : SurroundingsAlone(model_, placement_, index);
  if (IsHost(device)) around.told = all_groups_;
  return around;
}

bool PlacedModel::IsRehearsed(size_t device, const Pass& pass) const {
  if (!sharers_.empty()) return false;
  const bool has_all = shares_[device].has_output &&
                       shares_[device].layer_count == std::ssize(model_.layers);
  const bool converts =
      pass.flash_attention && (pass.layout.key_type->name == "F32" ||
                               pass.layout.value_type->name == "F32");
  return !IsHost(device) || !has_all || converts;
}

Bytes PlacedModel::LayersBuffer(size_t device, const Pass& pass) const {
  const ModelShare& share = shares_[device];
  if (IsRehearsed(device, pass)) {
    const std::optional<Bytes> rehearsed = RehearsedBuffer(
        model_, placement_, static_cast<int64_t>(device), is_pipelined_, pass);
    if (rehearsed) return *rehearsed;
  }
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

int64_t PlacedModel::Room(const EngineOptions& options,
                          absl::Span<const Bytes> taken) const {
  const Pass pass = PassOf(options);
  int64_t room = std::numeric_limits<int64_t>::max();
  Bytes taken_from_host;
  // The host, which is the first, at the end.
  for (size_t i = devices_.size(); i-- > 0;) {
    Bytes needed = Weigh(i, pass).total();
    if (!taken.empty()) needed += taken[i];
    if (devices_[i].unified_memory) taken_from_host += needed;
    if (IsHost(i)) needed += taken_from_host;
    if (!devices_[i].free) continue;
    room = std::min(room, devices_[i].free->count() - needed.count());
  }
  return room;
}

}  // namespace hwledger
