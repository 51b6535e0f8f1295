#include "core/planner/placed_model.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"
#include "core/planner/dry_results.h"
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
      helper_(HelperOf(options)),
      compute_layers_(WhichCompute()),
      surroundings_(AllSurroundings()),
      rehearsals_(Rehearsals(CacheLayoutOf(options))) {}

// The first that would, of micro-batches that are large enough.
std::optional<size_t> PlacedModel::HelperOf(
    const EngineOptions& options) const {
  const Placement& placement = weights_.placement();
  const bool has_any = HasComputedLayers(model_, placement, placement.input) ||
                       (placement.host_expert_layers > 0 &&
                        absl::c_any_of(model_.layers, [](const Layer& layer) {
                          return layer.widths.expert_feed_forward > 0;
                        }));
  if (!has_any || !weights_.sharers().empty() ||
      options.micro_batch_size < kCopiedForTokens) {
    return std::nullopt;
  }
  for (const int64_t device : LayerDevices(weights_.devices())) {
    const auto index = static_cast<size_t>(device);
    if (weights_.devices()[index].computes_for_host) return index;
  }
  return std::nullopt;
}

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
// faster, unless a cache must be converted or tokens are mixed with those
// before.
std::vector<std::optional<Rehearsal>> PlacedModel::Rehearsals(
    const CacheLayout& layout) const {
  std::vector<std::optional<Rehearsal>> rehearsals(weights_.devices().size());
  if (!weights_.sharers().empty()) return rehearsals;
  const bool converts =
      !layout.transposed_values &&
      (layout.key_type->name == "F32" || layout.value_type->name == "F32");
  const bool mixes = absl::c_any_of(model_.layers, Mixes);
  for (size_t i = 0; i < rehearsals.size(); ++i) {
    if (helper_ == i) {
      rehearsals[i] = Rehearsal::WithHost(model_, kinds_, weights_.placement(),
                                          static_cast<int64_t>(i));
    }
    if (helper_ && (helper_ == i || weights_.IsHost(i))) continue;
    const ModelShare& share = weights_.share(i);
    const bool has_all =
        share.has_output && share.layer_count == std::ssize(model_.layers);
    if (weights_.IsHost(i) && has_all && !converts && !mixes) continue;
    rehearsals[i] = Rehearsal::Of(model_, kinds_, weights_.placement(),
                                  static_cast<int64_t>(i), is_pipelined_);
  }
  return rehearsals;
}

// All that the host's layers take, and a copy of the largest matrix.
Bytes PlacedModel::EstimateHelper(const Pass& pass) const {
  Bytes largest;
  for (const LayerGroup& group : all_groups_) {
    largest = std::max(largest, LargestMatrix(group.layer->matrices));
  }
  const bool has_output = weights_.share(*helper_).has_output;
  return largest + ComputeBuffer(all_groups_, model_.embedding_elements,
                                 has_output ? model_.vocabulary_size : 0,
                                 {.residuals = 4}, pass);
}

Bytes PlacedModel::EstimateCompute(size_t device, const Pass& pass) const {
  const ModelShare& share = weights_.share(device);
  const Surroundings& around = surroundings_[device];
  if (helper_ == device) return EstimateHelper(pass);
  if (helper_ && weights_.IsHost(device)) {
    // As that of GPUs that hold all layers.
    const Surroundings start = {.residuals = model_.has_position_table ? 5 : 4,
                                .told = around.told};
    return InputBuffer(all_groups_, model_.embedding_elements, start, pass);
  }
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
