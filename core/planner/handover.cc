#include "core/planner/handover.h"

#include <algorithm>
#include <cstddef>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

// Where the layers on `device` begin; behind all layers if it has none.
size_t FirstLayer(const Placement& placement, int64_t device) {
  return static_cast<size_t>(absl::c_find(placement.layers, device) -
                             placement.layers.begin());
}

// The layer before number `index`, if there is one and the host has it.
const Layer* LayerOnHostBefore(const ModelShape& model,
                               const Placement& placement, size_t index) {
  const bool is_on_host =
      index > 0 && placement.layers[index - 1] == placement.input;
  return is_on_host ? &model.layers[index - 1] : nullptr;
}

bool HasFeedForward(const LayerWidths& widths) {
  return widths.feed_forward + widths.expert_feed_forward > 0;
}

// What is projected for a scan, together with its gate; 0 where a gate has a
// projection of its own or there is none.
int64_t ProjectedElements(const RecurrentWidths& widths) {
  switch (widths.kind) {
    case Recurrence::kMamba1:
      return 2 * widths.inner;
    case Recurrence::kMamba2:
      return widths.inner + widths.convolved + widths.heads;
    default:
      return 0;
  }
}

bool HasShortConvolution(const ModelShape& model, const Placement& placement,
                         int64_t device) {
  for (size_t i = 0; i < model.layers.size(); ++i) {
    if (placement.layers[i] == device &&
        model.layers[i].widths.recurrent.kind ==
            Recurrence::kShortConvolution) {
      return true;
    }
  }
  return false;
}

}  // namespace

int64_t ResidualsFromHost(const LayerWidths& widths) {
  if (widths.is_parallel || widths.shared_feed_forward > 0) return 3;
  return widths.expert_feed_forward > 0 ? widths.experts_used + 1 : 2;
}

int64_t GateElements(const ModelShape& model, const Placement& placement,
                     int64_t device) {
  int64_t elements = 0;
  const RecurrentWidths* scan = nullptr;  // Whose gate is not computed yet.
  int64_t from = 0;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const RecurrentWidths& recurrent = layer.widths.recurrent;
    const int64_t to = placement.layers[i];
    if (recurrent.kind != Recurrence::kNone) {
      if (scan != nullptr && from != to) {
        if (from == device) elements += scan->inner;
        if (to == device) elements += ProjectedElements(*scan);
      }
      scan = ProjectedElements(recurrent) > 0 ? &recurrent : nullptr;
      from = to;
    }
    if (layer.key_elements > 0 || layer.widths.expert_feed_forward > 0) {
      scan = nullptr;
    }
  }
  return elements;
}

// A short convolution's states break up the place of one of two residuals.
Surroundings SurroundingsAlone(const ModelShape& model,
                               const Placement& placement, int64_t device) {
  const size_t first = FirstLayer(placement, device);
  if (device == placement.input) {
    return {.residuals = first < model.layers.size() ? 5 : 4};
  }
  if (first == 0) return {.residuals = 4};
  Surroundings around = {.feed = Feed::kHandover,
                         .residuals = 2,
                         .feeds_forward = first + 1 < model.layers.size()};
  if (const Layer* before = LayerOnHostBefore(model, placement, first)) {
    around.residuals = std::max<int64_t>(
        ResidualsFromHost(before->widths),
        HasShortConvolution(model, placement, device) ? 3 : 2);
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
  const size_t first = FirstLayer(placement, device);
  if (device == placement.input || first == model.layers.size()) return around;
  const Recurrence kind = model.layers[first].widths.recurrent.kind;
  const bool has_gap = kind == Recurrence::kNone || kind == Recurrence::kMamba2;
  around.residuals = (first == 0 ? 15 : 10) + (has_gap ? 1 : 0);
  around.gate_elements =
      around.input_copies() * GateElements(model, placement, device);
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
      LayerOnHostBefore(model, placement, model.layers.size());
  if (before == nullptr) return logits_beside(1);
  const LayerWidths& widths = before->widths;
  if (widths.is_parallel || !HasFeedForward(widths)) {
    return std::max(logits_beside(1),
                    pass.token_count * (2 * embedding * element));
  }
  const bool adds_experts_up =
      widths.expert_feed_forward > 0 && widths.shared_feed_forward == 0;
  return logits_beside(adds_experts_up ? widths.experts_used + 2 : 1);
}

}  // namespace hwledger
