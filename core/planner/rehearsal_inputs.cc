#include "core/planner/rehearsal_inputs.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"
#include "core/planner/rehearsed_attention.h"

namespace hwledger {
namespace {

Bytes Positions(const Pass& pass) {
  return pass.token_count * Bytes(sizeof(int32_t));
}

// Where each token's key and value go in the cache.
Bytes Places(const Pass& pass) { return pass.token_count * Bytes(8 + 8); }

Bytes PlacesOfStates(const Pass& pass) {
  return pass.layout.slot_count * Bytes(sizeof(int32_t));
}

}  // namespace

void RehearsalInputs::TakePositions(DryResults& results) {
  if (has_positions_) return;
  has_positions_ = true;
  positions_ = results.TakeBytes(Positions(pass_));
}

void RehearsalInputs::TakePositions(const Layer& layer, DryResults& results) {
  TakePositions(results);
  Kind& kind = KindOf(layer);
  if (kind.is_taken || kind.has_key_rotation) return;
  kind.has_key_rotation = true;
  kind.key_rotation = results.TakeBytes(KeyRotation(layer, pass_));
}

void RehearsalInputs::TakeRotation(const Layer& layer, DryResults& results) {
  Kind& kind = KindOf(layer);
  if (kind.is_taken || kind.has_rotation) return;
  kind.has_rotation = true;
  kind.rotation = results.TakeBytes(ResultRotation(layer, pass_));
}

void RehearsalInputs::Take(const Layer& layer, DryResults& results) {
  Kind& kind = KindOf(layer);
  if (kind.is_taken || !Attends(layer)) return;
  kind.is_taken = true;
  if (kind.rest_size == Bytes()) {
    kind.rotation_size = ResultRotation(layer, pass_);
    kind.rest_size = SizeOf(layer);
  }
  TakePositions(results);
  if (!kind.has_rotation) {
    kind.rotation = results.TakeBytes(kind.rotation_size);
  }
  kind.rest = results.TakeBytes(kind.rest_size - kind.key_rotation.size);
}

void RehearsalInputs::TakePlacesOfStates(DryResults& results) {
  if (has_places_of_states_ || !HasOne(Remembers)) return;
  has_places_of_states_ = true;
  places_of_states_ = results.TakeBytes(PlacesOfStates(pass_));
}

// A scan is told as well which states are the tokens', and which are others'.
void RehearsalInputs::TakePlacesOfScans(DryResults& results) {
  if (has_places_of_scans_ || !HasOne(Scans)) return;
  has_places_of_scans_ = true;
  places_of_scans_ = results.TakeBytes(PlacesOfStates(pass_));
}

void RehearsalInputs::TakeAll(DryResults& results) {
  TakePlacesOfStates(results);
  TakePlacesOfScans(results);
  for (const Layer* layer : part_.told_kinds) Take(*layer, results);
  if (part_.host_layers > 0) TakePlacesOfCache(results);
  const bool has_last =
      part_.behind.empty() || part_.told.size() > part_.layers.size();
  if (has_last && outputs_.size == Bytes()) {
    outputs_ = results.TakeBytes(pass_.output_count * Bytes(sizeof(int32_t)));
  }
}

void RehearsalInputs::Free(const Layer& layer, DryResults& results) {
  if (IsUsedBehind(layer)) return;
  results.Free(KindOf(layer).rest);
  results.Free(KindOf(layer).key_rotation);
  if (!HasOneBehind(layer, Attends)) results.Free(positions_);
}

void RehearsalInputs::FreeRotation(const Layer& layer, DryResults& results) {
  if (!IsUsedBehind(layer)) results.Free(KindOf(layer).rotation);
}

void RehearsalInputs::FreeOutputs(DryResults& results) {
  results.Free(outputs_);
}

void RehearsalInputs::FreePlacesOfStates(const Layer& layer,
                                         DryResults& results) {
  if (HasOneBehind(layer, Remembers)) return;
  results.Free(places_of_states_);
  results.Free(places_of_scans_);
}

void RehearsalInputs::Repeat() {
  positions_ = outputs_ = places_of_states_ = places_of_scans_ = {};
  full_.is_taken = false;
  window_.is_taken = false;
  has_positions_ = false;
  has_places_of_states_ = false;
  has_places_of_scans_ = false;
}

void RehearsalInputs::Keep() {
  positions_ = outputs_ = places_of_states_ = places_of_scans_ = {};
  for (Kind* kind : {&full_, &window_}) kind->rotation = kind->rest = {};
}

bool RehearsalInputs::IsUsedBehind(const Layer& layer) const {
  return HasOneBehind(layer, [&](const Layer& later) {
    return Attends(later) && IsWindowed(later) == IsWindowed(layer);
  });
}

bool RehearsalInputs::HasOne(bool (*is_so)(const Layer&)) const {
  return absl::c_any_of(part_.told_kinds,
                        [&](const Layer* kind) { return is_so(*kind); });
}

bool RehearsalInputs::HasOneBehind(
    const Layer& layer, absl::FunctionRef<bool(const Layer&)> is_so) const {
  return std::any_of(&layer + 1, part_.told.data() + part_.told.size(), is_so);
}

// Behind layers that store on the host: where keys and values are stored here.
void RehearsalInputs::TakePlacesOfCache(DryResults& results) {
  const absl::Span<const Layer> own = part_.layers.subspan(part_.host_layers);
  for (const auto is_alike : {SeesAll, IsWindowed}) {
    const auto first = absl::c_find_if(own, is_alike);
    if (first == own.end()) continue;
    const InputSizes sizes = SizesOf(*first);
    results.TakeBytes(sizes.places);
  }
}

RehearsalInputs::InputSizes RehearsalInputs::SizesOf(const Layer& layer) const {
  std::vector<LayerGroup> alike;
  alike.reserve(part_.told_kinds.size() + 1);
  alike.push_back({.layer = &layer, .layer_count = 1});
  bool stores =
      false;  // And does not only read what a layer before has stored.
  for (const Layer* other : part_.told_kinds) {
    if (IsWindowed(*other) == IsWindowed(layer)) {
      alike.push_back({.layer = other, .layer_count = 1});
      stores |= other->key_elements > 0;
    }
  }
  const PassInputs inputs = InputsOf(alike, pass_);
  return {
      .masks = inputs.masks,
      .places = inputs.sum - inputs.masks + (stores ? Places(pass_) : Bytes())};
}

// Where the host has caches it stores as well.
Bytes RehearsalInputs::SizeOf(const Layer& layer) const {
  const InputSizes sizes = SizesOf(layer);
  return sizes.masks + (part_.host_layers == 0 ? sizes.places : Bytes()) +
         KeyRotation(layer, pass_);
}

}  // namespace hwledger
