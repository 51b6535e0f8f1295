#include "core/planner/rehearsal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/types/span.h"
#include "core/planner/detour.h"
#include "core/planner/handover.h"
#include "core/planner/rehearsed_pass.h"

namespace hwledger {
namespace {

bool IsKnown(const Layer& layer) {
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

}  // namespace

std::optional<Bytes> RehearsedBuffer(const ModelShape& model,
                                     const Placement& placement, int64_t device,
                                     bool is_pipelined, const Pass& pass) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  const auto places = absl::MakeConstSpan(placement.layers).first(all.size());
  const auto first =
      static_cast<size_t>(absl::c_find(places, device) - places.begin());
  const absl::Span<const Layer> layers =
      all.subspan(first, static_cast<size_t>(absl::c_count(places, device)));
  if (layers.empty() || !absl::c_all_of(layers, IsKnown)) return std::nullopt;
  const bool has_all_experts =
      static_cast<int64_t>(first) >= placement.host_expert_layers;
  const size_t end = first + layers.size();
  const bool is_host = device == placement.input;
  RehearsedPass rehearsal(model, layers, end < all.size() ? &all[end] : nullptr,
                          is_host ? all : layers, pass);
  const Layer* before = first > 0 ? &all[first - 1] : nullptr;
  if (is_host) {
    rehearsal.StartOnHost();
  } else if (is_pipelined) {
    const bool is_normed = !layers.front().widths.is_post_normed;
    const int64_t from_tokens = model.has_position_table ? 2 : 3;
    rehearsal.StartInPipeline(before, before == nullptr ? from_tokens
                                      : is_normed       ? 2
                                                        : 1);
  } else if (before == nullptr) {
    rehearsal.StartWithTokens(model.has_position_table);
  } else if (IsBehindHost(model, placement, first)) {
    rehearsal.StartBehindHost(*before, has_all_experts);
  } else {
    rehearsal.StartBehindGpu(*before, has_all_experts);
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto layer = static_cast<int64_t>(first + i);
    const bool has_experts = placement.ExpertsOf(layer) == device;
    if (rehearsal.IsSettled(i, has_experts)) continue;
    rehearsal.Go(i, has_experts, first + i + 1 == all.size());
  }
  if (placement.output != device) return rehearsal.peak();
  rehearsal.TakeLogits(model.vocabulary_size);
  return std::max(
      rehearsal.peak(),
      KeptOutputs(model.vocabulary_size, model.embedding_elements, pass));
}

}  // namespace hwledger
