#include "core/planner/placed_model.h"

#include <cstdint>
#include <optional>

#include "absl/algorithm/container.h"
#include "core/planner/handover.h"
#include "core/planner/layer_kinds.h"

namespace hwledger {
namespace {

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
      kinds_(KindsOf(model.layers)),
      weights_(model, kinds_, options, devices),
      all_groups_(GroupsOf(model, kinds_)),
      is_pipelined_(weights_.sharers().empty() &&
                    IsPipelined(weights_.placement(), devices)),
      compute_layers_(WhichCompute()),
      surroundings_(AllSurroundings()),
      rehearsals_(Rehearsals(CacheLayoutOf(options))) {}

std::vector<bool> PlacedModel::WhichCompute() const {
  std::vector<bool> compute;
  for (size_t i = 0; i < weights_.devices().size(); ++i) {
    compute.push_back(weights_.sharers().empty()
                          ? HasComputedLayers(model_, weights_.placement(),
                                              static_cast<int64_t>(i))
                          : weights_.share(i).layer_count > 0);
  }
  return compute;
}

std::vector<Surroundings> PlacedModel::AllSurroundings() const {
  const std::vector<int64_t>& sharers = weights_.sharers();
  const Placement& placement = weights_.placement();
  std::vector<Surroundings> all;
  for (size_t i = 0; i < weights_.devices().size(); ++i) {
    auto index = static_cast<int64_t>(i);
    if (absl::c_linear_search(sharers, index)) index = sharers.front();
    all.push_back(is_pipelined_
                      ? SurroundingsInPipeline(model_, placement, index)
                      : SurroundingsAlone(model_, placement, index));
    if (weights_.IsHost(i)) all.back().told = all_groups_;
  }
  return all;
}

// A host that has all to itself is weighed by the formula, which is as good and
// faster, unless a cache must be converted.
std::vector<std::optional<Rehearsal>> PlacedModel::Rehearsals(
    const CacheLayout& layout) const {
  std::vector<std::optional<Rehearsal>> rehearsals(weights_.devices().size());
  if (!weights_.sharers().empty()) return rehearsals;
  const bool converts =
      !layout.transposed_values &&
      (layout.key_type->name == "F32" || layout.value_type->name == "F32");
  for (size_t i = 0; i < rehearsals.size(); ++i) {
    const ModelShare& share = weights_.share(i);
    const bool has_all =
        share.has_output && share.layer_count == std::ssize(model_.layers);
    if (weights_.IsHost(i) && has_all && !converts) continue;
    rehearsals[i] = Rehearsal::Of(model_, kinds_, weights_.placement(),
                                  static_cast<int64_t>(i), is_pipelined_);
  }
  return rehearsals;
}

Bytes PlacedModel::EstimateCompute(size_t device, const Pass& pass) const {
  const ModelShare& share = weights_.share(device);
  const Surroundings& around = surroundings_[device];
  if (compute_layers_[device]) {
    return ComputeBuffer(share.groups, model_.embedding_elements,
                         share.has_output ? model_.vocabulary_size : 0, around,
                         pass);
  }
  if (share.has_output)
    return OutputLayerBuffer(model_, weights_.placement(), pass);
  return weights_.IsHost(device)
             ? HostExpertsBuffer(share.expert_groups, all_groups_,
                                 model_.embedding_elements, around, pass)
             : Bytes();
}

DevicePlan PlacedModel::Weigh(size_t device, const Pass& pass) const {
  const ModelShare& share = weights_.share(device);
  const std::optional<Rehearsal>& rehearsal = rehearsals_[device];
  return {.weights = share.weights,
          .kv_cache = share.KvCache(pass.layout),
          .compute_buffer = rehearsal ? rehearsal->BufferFor(pass)
                                      : EstimateCompute(device, pass),
          .output_buffer = weights_.IsHost(device)
                               ? OutputBuffer(model_.vocabulary_size, pass)
                               : Bytes()};
}

}  // namespace hwledger
