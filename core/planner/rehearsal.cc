#include "core/planner/rehearsal.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"
#include "core/planner/handover.h"
#include "core/planner/rehearsed_pass.h"

namespace hwledger {
namespace {

bool IsKnown(const Layer& layer) {
  if (Mixes(layer)) return true;
  const LayerWidths& widths = layer.widths;
  const bool is_known_recurrence =
      !Remembers(layer) || Scans(layer) ||
      widths.recurrent.kind == Recurrence::kShortConvolution;
  return is_known_recurrence &&
         (layer.kind != LayerKind::kLatentAttention || widths.is_rotated) &&
         widths.index_top == 0 && widths.streams == 0 &&
         widths.query_gate == 0 &&
         (layer.key_elements == 0 || widths.query_heads > 0);
}

// With copies of its matrices.
bool IsKnownOfHost(const Layer& layer) {
  return !Remembers(layer) && layer.kind != LayerKind::kLatentAttention &&
         layer.key_elements > 0 && layer.widths.layer_inputs == 0;
}

}  // namespace

Rehearsal::Rehearsal(const ModelShape& model, const Placement& placement,
                     int64_t device, bool is_pipelined, RehearsedPart part)
    : model_(&model),
      placement_(&placement),
      device_(device),
      is_pipelined_(is_pipelined),
      part_(std::move(part)) {}

std::optional<Rehearsal> Rehearsal::Of(const ModelShape& model,
                                       absl::Span<const size_t> kinds,
                                       const Placement& placement,
                                       int64_t device, bool is_pipelined) {
  if (!HasComputedLayers(model, placement, device)) return std::nullopt;
  RehearsedPart part = PartOf(model, kinds, placement, device);
  if (!absl::c_all_of(part.layers, IsKnown)) return std::nullopt;
  return Rehearsal(model, placement, device, is_pipelined, std::move(part));
}

std::optional<Rehearsal> Rehearsal::WithHost(const ModelShape& model,
                                             absl::Span<const size_t> kinds,
                                             const Placement& placement,
                                             int64_t device) {
  RehearsedPart part = PartWithHost(model, kinds, placement, device);
  if (!absl::c_all_of(part.layers, IsKnown) ||
      !absl::c_all_of(part.layers.first(part.host_layers), IsKnownOfHost)) {
    return std::nullopt;
  }
  return Rehearsal(model, placement, device, /*is_pipelined=*/false,
                   std::move(part));
}

void Rehearsal::Start(RehearsedPass& pass) const {
  const bool has_all_experts =
      static_cast<int64_t>(part_.first) >= placement_->host_expert_layers;
  if (device_ == placement_->input) {
    pass.StartOnHost();
  } else if (is_pipelined_) {
    const bool is_normed = !part_.layers.front().widths.is_post_normed;
    const int64_t from_tokens = model_->has_position_table ? 2 : 3;
    pass.StartInPipeline(part_.before.empty() ? from_tokens
                         : is_normed          ? 2
                                              : 1);
  } else if (part_.before.empty()) {
    pass.StartWithTokens(model_->has_position_table);
  } else if (IsBehindHost(*model_, *placement_, part_.first)) {
    pass.StartBehindHost(has_all_experts);
  } else {
    pass.StartBehindGpu(has_all_experts);
  }
  if (part_.before.empty() && Mixes(part_.layers.front())) pass.NormTokens();
}

Bytes Rehearsal::BufferFor(const Pass& pass) const {
  RehearsedPass rehearsed(*model_, part_, pass);
  Start(rehearsed);
  const size_t count = part_.layers.size();
  for (size_t i = 0; i < count; ++i) {
    const auto layer = static_cast<int64_t>(part_.first + i);
    const bool has_experts = placement_->ExpertsOf(layer) == device_;
    const bool is_last = part_.behind.empty() && i + 1 == count;
    const bool changes = rehearsed.Go(i, has_experts, is_last);
    // Nor does any that follows and is alike.
    while (!changes && i + 1 < count && part_.turns[i + 1] == part_.turns[i]) {
      ++i;
    }
  }
  if (placement_->output != device_) return rehearsed.peak();
  rehearsed.TakeLogits(model_->vocabulary_size);
  return std::max(
      rehearsed.peak(),
      KeptOutputs(model_->vocabulary_size, model_->embedding_elements, pass));
}

}  // namespace hwledger
