#include "core/planner/rehearsed_part.h"

#include <algorithm>
#include <optional>
#include <utility>

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

// Those of `layers` that an input comes for.
std::vector<const Layer*> FirstOfEachInput(absl::Span<const Layer> layers) {
  std::vector<const Layer*> found;
  for (const auto is_so :
       {RehearsalInputs::SeesAll, RehearsalInputs::IsWindowed}) {
    const auto first = absl::c_find_if(layers, is_so);
    if (first != layers.end()) found.push_back(&*first);
  }
  return found;
}

// And those behind which one is no longer needed.
std::vector<const Layer*> LastOfEachInput(absl::Span<const Layer> layers) {
  std::vector<const Layer*> found;
  for (const auto is_so :
       {RehearsalInputs::SeesAll, RehearsalInputs::IsWindowed, Remembers}) {
    const auto last = std::find_if(layers.rbegin(), layers.rend(), is_so);
    if (last != layers.rend()) found.push_back(&*last);
  }
  return found;
}

// What decides of a layer's turn where no input comes or goes with it.
struct Turn {
  size_t kind = 0;
  bool has_experts = false;
  bool is_host_layer = false;
  LayerMatrices copies;
  std::optional<size_t> gathered;  // The kind that is, for a layer behind.

  friend bool operator==(const Turn&, const Turn&) = default;
};

// Of the layers from number `from` on, which kind is gathered first, if one is.
std::optional<size_t> GatheredKind(const RehearsedPart& part, size_t from) {
  const Layer* gathered = GatheredFirst(part.layers.subspan(from));
  if (gathered == nullptr) return std::nullopt;
  return part.kinds[static_cast<size_t>(gathered - part.layers.data())];
}

// Inputs come with the results of experts elsewhere, if the next layer is the
// first to need them; to a layer of the host itself if it is; and the rest to
// the first layer that is none.
std::vector<size_t> TurnsOf(const RehearsedPart& part,
                            const Placement& placement, int64_t device) {
  const absl::Span<const Layer> layers = part.layers;
  const std::vector<const Layer*> firsts = FirstOfEachInput(layers);
  const std::vector<const Layer*> lasts = LastOfEachInput(part.told);
  const Layer* detour = LastThatStores(layers);
  std::vector<size_t> turns(layers.size());
  std::vector<std::pair<Turn, size_t>> known;
  for (size_t i = 0; i < layers.size(); ++i) {
    turns[i] = i;
    const Layer* layer = &layers[i];
    const auto number = static_cast<int64_t>(part.first + i);
    const bool has_experts = placement.ExpertsOf(number) == device;
    const bool is_host_layer = i < part.host_layers;
    if (layer == &layers.back() || layer == detour ||
        absl::c_linear_search(lasts, layer) ||
        (!has_experts && absl::c_linear_search(firsts, layer + 1)) ||
        (is_host_layer && absl::c_linear_search(firsts, layer)) ||
        (i > 0 && i == part.host_layers)) {
      continue;
    }
    const Turn turn = {.kind = part.kinds[i],
                       .has_experts = has_experts,
                       .is_host_layer = is_host_layer,
                       .copies = part.CopiesOf(i),
                       .gathered = GatheredKind(part, i + 1)};
    const auto alike = absl::c_find_if(
        known, [&](const auto& other) { return other.first == turn; });
    if (alike == known.end()) {
      known.emplace_back(turn, i);
    } else {
      turns[i] = alike->second;
    }
  }
  return turns;
}

LayerMatrices ExpertsOnly(const LayerMatrices& all) {
  return {.expert_gate = all.expert_gate,
          .expert_up = all.expert_up,
          .expert_down = all.expert_down};
}

RehearsedPart PartFrom(size_t first, size_t end, const ModelShape& model,
                       absl::Span<const size_t> kinds) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  return {.first = first,
          .layers = all.subspan(first, end - first),
          .kinds = kinds.subspan(first, end - first),
          .before = all.first(first),
          .behind = all.subspan(end)};
}

// What is there for any pass; all of the layers if it `is_host`.
void AddCommon(const ModelShape& model, absl::Span<const size_t> kinds,
               bool is_host, RehearsedPart& part) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  part.told = is_host ? all : part.layers;
  part.told_kinds =
      OneOfEach(is_host ? kinds.first(all.size()) : part.kinds, all);
  const std::vector<const Layer*> of_model = OneOfEach(kinds, model.layers);
  const auto has_one = [&](bool (*is_so)(const Layer&)) {
    return absl::c_any_of(of_model,
                          [&](const Layer* layer) { return is_so(*layer); });
  };
  part.has_tables = model.shared_weights > Bytes();
  part.has_windows = has_one(RehearsalInputs::IsWindowed);
  part.adds_in_stream = has_one(AddsInStream);
  part.feeds_stream = part.adds_in_stream || model.architecture == "phi3" ||
                      model.architecture == "phimoe";
}

}  // namespace

LayerMatrices RehearsedPart::CopiesOf(size_t index) const {
  return copies.empty() ? LayerMatrices{} : copies[index];
}

RehearsedPart PartOf(const ModelShape& model, absl::Span<const size_t> kinds,
                     const Placement& placement, int64_t device) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  const auto places = absl::MakeConstSpan(placement.layers).first(all.size());
  const auto first =
      static_cast<size_t>(absl::c_find(places, device) - places.begin());
  const auto count = static_cast<size_t>(absl::c_count(places, device));
  RehearsedPart part = PartFrom(first, first + count, model, kinds);
  AddCommon(model, kinds, device == placement.input, part);
  part.turns = TurnsOf(part, placement, device);
  return part;
}

RehearsedPart PartWithHost(const ModelShape& model,
                           absl::Span<const size_t> kinds,
                           const Placement& placement, int64_t device) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  const auto places = absl::MakeConstSpan(placement.layers).first(all.size());
  const auto host_layers =
      static_cast<size_t>(absl::c_count(places, placement.input));
  const auto own = static_cast<size_t>(absl::c_count(places, device));
  RehearsedPart part = PartFrom(0, host_layers + own, model, kinds);
  AddCommon(model, kinds, /*is_host=*/false, part);
  part.host_layers = host_layers;
  for (size_t i = 0; i < part.layers.size(); ++i) {
    const LayerMatrices& matrices = part.layers[i].matrices;
    const bool has_experts =
        placement.ExpertsOf(static_cast<int64_t>(i)) == device;
    part.copies.push_back(i < host_layers ? matrices
                          : has_experts   ? LayerMatrices{}
                                          : ExpertsOnly(matrices));
  }
  part.turns = TurnsOf(part, placement, device);
  return part;
}

}  // namespace hwledger
