#include "core/planner/rehearsed_part.h"

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"
#include "core/planner/handover.h"
#include "core/planner/pass_inputs.h"
#include "core/planner/rehearsal_inputs.h"

namespace hwledger {
namespace {

// Mamba-1's result is a view, where nothing can be added.
bool AddsInStream(const Layer& layer) {
  const LayerWidths& widths = layer.widths;
  return widths.recurrent.kind == Recurrence::kShortConvolution ||
         (widths.recurrent.kind == Recurrence::kMamba1 &&
          widths.feed_forward == 0 && widths.expert_feed_forward == 0);
}

// One layer of each of `kinds`.
std::vector<const Layer*> OneOfEach(absl::Span<const size_t> kinds,
                                    absl::Span<const Layer> layers) {
  std::vector<const Layer*> found;
  for (const size_t kind : kinds) {
    const Layer* layer = &layers[kind];
    // Mostly that of the layer before.
    if (!found.empty() && found.back() == layer) continue;
    if (!absl::c_linear_search(found, layer)) found.push_back(layer);
  }
  return found;
}

std::vector<bool> AreLast(absl::Span<const Layer> layers) {
  std::vector<bool> are_last(layers.size());
  bool has_full = false;
  bool has_windowed = false;
  bool has_states = false;
  for (size_t i = layers.size(); i-- > 0;) {
    const Layer& layer = layers[i];
    bool& has_alike =
        RehearsalInputs::IsWindowed(layer) ? has_windowed : has_full;
    are_last[i] =
        (Attends(layer) && !has_alike) || (Remembers(layer) && !has_states);
    has_alike |= Attends(layer);
    has_states |= Remembers(layer);
  }
  return are_last;
}

}  // namespace

RehearsedPart PartOf(const ModelShape& model, absl::Span<const size_t> kinds,
                     const Placement& placement, int64_t device) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  const auto places = absl::MakeConstSpan(placement.layers).first(all.size());
  const auto first =
      static_cast<size_t>(absl::c_find(places, device) - places.begin());
  const auto count = static_cast<size_t>(absl::c_count(places, device));
  const size_t end = first + count;
  RehearsedPart part = {.first = first,
                        .layers = all.subspan(first, count),
                        .kinds = kinds.subspan(first, count),
                        .before = all.first(first),
                        .behind = all.subspan(end)};
  const bool is_host = device == placement.input;
  part.told = is_host ? all : part.layers;
  part.are_last = AreLast(part.told);
  part.told_kinds =
      OneOfEach(is_host ? kinds.first(all.size()) : part.kinds, all);
  const std::vector<const Layer*> of_model = OneOfEach(kinds, model.layers);
  const auto has_one = [&](bool (*is_so)(const Layer&)) {
    return absl::c_any_of(of_model,
                          [&](const Layer* layer) { return is_so(*layer); });
  };
  part.has_windows = has_one(RehearsalInputs::IsWindowed);
  part.adds_in_stream = has_one(AddsInStream);
  part.feeds_stream = part.adds_in_stream || model.architecture == "phi3" ||
                      model.architecture == "phimoe";
  return part;
}

}  // namespace hwledger
