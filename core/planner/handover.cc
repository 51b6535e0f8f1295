#include "core/planner/handover.h"

#include <algorithm>
#include <cstddef>

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"

namespace hwledger {
namespace {

// Where the layers on `device` begin; behind all layers if it has none.
size_t FirstLayer(const ModelShape& model, const Placement& placement,
                  int64_t device) {
  const auto layers =
      absl::MakeConstSpan(placement.layers).first(ComputedLayers(model).size());
  return static_cast<size_t>(absl::c_find(layers, device) - layers.begin());
}

// The layer before number `index`, if the host computes what it ends with.
const Layer* LayerOnHostBefore(const ModelShape& model,
                               const Placement& placement, size_t index) {
  return IsBehindHost(model, placement, index) ? &model.layers[index - 1]
                                               : nullptr;
}

// Behind attention or a scan, where the tokens have been chosen.
bool FeedsChosenTokens(const LayerWidths& widths) {
  return widths.feed_forward + widths.expert_feed_forward > 0 &&
         (widths.query > 0 || widths.recurrent.kind != Recurrence::kNone);
}

}  // namespace

absl::Span<const Layer> ComputedLayers(const ModelShape& model) {
  const auto end = absl::c_find_if(
      model.layers, [](const Layer& layer) { return !layer.is_loaded; });
  return absl::MakeConstSpan(model.layers)
      .first(static_cast<size_t>(end - model.layers.begin()));
}

bool HasComputedLayers(const ModelShape& model, const Placement& placement,
                       int64_t device) {
  return FirstLayer(model, placement, device) < ComputedLayers(model).size();
}

bool EndsWithExperts(const LayerWidths& widths) {
  return widths.expert_feed_forward > 0 && widths.shared_feed_forward == 0 &&
         widths.feed_forward == 0;
}

bool IsBehindHost(const ModelShape& model, const Placement& placement,
                  size_t index) {
  if (index == 0) return false;
  const auto before = static_cast<int64_t>(index) - 1;
  return placement.layers[index - 1] == placement.input ||
         (EndsWithExperts(model.layers[index - 1].widths) &&
          placement.ExpertsOf(before) == placement.input);
}

int64_t ResidualsFromHost(const LayerWidths& widths) {
  if (widths.scales_result) return 1;
  if (widths.adds_stream_early) return 2;
  if (widths.is_parallel || widths.projects_late ||
      widths.shared_feed_forward > 0) {
    return 3;
  }
  return widths.expert_feed_forward > 0 ? widths.experts_used + 1 : 2;
}

Surroundings SurroundingsAlone(const ModelShape& model,
                               const Placement& placement, int64_t device) {
  const size_t first = FirstLayer(model, placement, device);
  if (device == placement.input) {
    const bool merges =
        first < ComputedLayers(model).size() || model.has_position_table;
    return {.residuals = merges ? 5 : 4};
  }
  if (first == 0) return {.residuals = 4};
  Surroundings around = {
      .feed = Feed::kHandover,
      .residuals = 2,
      .feeds_forward = first + 1 < ComputedLayers(model).size()};
  if (const Layer* before = LayerOnHostBefore(model, placement, first)) {
    around.residuals = std::max<int64_t>(ResidualsFromHost(before->widths), 2);
  }
  return around;
}

// Four times the residual stream and its norm, or the embedded tokens and what
// they are made of; and those of the layer. Attention or a scan in front leaves
// a gap as wide as one.
Surroundings SurroundingsInPipeline(const ModelShape& model,
                                    const Placement& placement,
                                    int64_t device) {
  Surroundings around = {.feed = Feed::kPipeline, .residuals = 10};
  const size_t first = FirstLayer(model, placement, device);
  if (device == placement.input || first == ComputedLayers(model).size())
    return around;
  const Recurrence kind = model.layers[first].widths.recurrent.kind;
  const bool has_gap = kind == Recurrence::kNone || kind == Recurrence::kMamba2;
  around.residuals = (first == 0 ? 15 : 10) + (has_gap ? 1 : 0);
  return around;
}

Bytes OutputLayerBuffer(const ModelShape& model, const Placement& placement,
                        const Pass& pass) {
  const Bytes element(sizeof(float));
  const int64_t embedding = model.embedding_elements;
  const auto logits_beside = [&](int64_t residuals) {
    return pass.output_count *
           ((model.vocabulary_size + residuals * embedding) * element);
  };
  const Layer* before =
      LayerOnHostBefore(model, placement, ComputedLayers(model).size());
  if (before == nullptr) return logits_beside(1);
  const int64_t normed = model.centers_output ? 2 : 1;
  const LayerWidths& widths = before->widths;
  if (Mixes(*before)) {
    // Its channel mix goes on with the chosen tokens, to which the stream is
    // added, of which they are chosen here (llama.cpp: src/models/rwkv7.cpp).
    return std::max(
        logits_beside(normed),
        (pass.token_count + 2 * pass.output_count) * (embedding * element));
  }
  const bool is_side_by_side = widths.is_parallel || widths.projects_late;
  if (is_side_by_side || !FeedsChosenTokens(widths)) {
    // Attention's result too where the stream is not added before it; that of
    // shared experts beside that of the others.
    const bool has_two =
        !is_side_by_side || (widths.projects_late && !widths.adds_stream_early);
    const int64_t results =
        (has_two ? 2 : 1) + (widths.shared_feed_forward > 0 ? 1 : 0);
    return std::max(logits_beside(normed),
                    pass.token_count * (results * embedding * element));
  }
  return logits_beside(EndsWithExperts(widths)
                           ? widths.experts_used +
                                 (model.centers_output ? 1 : 2)
                           : normed);
}

}  // namespace hwledger
