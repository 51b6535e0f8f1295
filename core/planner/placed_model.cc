#include "core/planner/placed_model.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "core/planner/handover.h"
#include "core/planner/rehearsal.h"

namespace hwledger {
namespace {

Placement PlacementOf(const ModelShape& model, const EngineOptions& options,
                      absl::Span<const Device> devices) {
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

}  // namespace

PlacedModel::PlacedModel(const ModelShape& model, const EngineOptions& options,
                         absl::Span<const Device> devices)
    : model_(model),
      devices_(devices),
      placement_(PlacementOf(model, options, devices)),
      shares_(SharesOf(model, placement_, std::ssize(devices))),
      all_groups_(GroupsOf(model)),
      is_pipelined_(IsPipelined(placement_, devices)) {}

Surroundings PlacedModel::SurroundingsOf(size_t device) const {
  const auto index = static_cast<int64_t>(device);
  return is_pipelined_ ? SurroundingsInPipeline(model_, placement_, index)
                       : SurroundingsAlone(model_, placement_, index);
}

Bytes PlacedModel::LayersBuffer(size_t device, const Pass& pass) const {
  const ModelShare& share = shares_[device];
  if (!IsHost(device)) {
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
  if (HasComputedLayers(model_, placement_, static_cast<int64_t>(device))) {
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

bool PlacedModel::Fits(const EngineOptions& options,
                       absl::Span<const Bytes> taken) const {
  const Pass pass = PassOf(options);
  Bytes taken_from_host;
  // The host, which is the first, at the end.
  for (size_t i = devices_.size(); i-- > 0;) {
    Bytes needed = Weigh(i, pass).total();
    if (!taken.empty()) needed += taken[i];
    if (devices_[i].unified_memory) taken_from_host += needed;
    if (IsHost(i)) needed += taken_from_host;
    if (devices_[i].free && needed > *devices_[i].free) return false;
  }
  return true;
}

}  // namespace hwledger
