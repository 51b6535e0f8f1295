#include "core/planner/rehearsal_inputs.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/algorithm/container.h"
#include "core/planner/detour.h"
#include "core/planner/pass_inputs.h"
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

void RehearsalInputs::Take(const Layer& layer, DryResults& results) {
  Kind& kind = KindOf(layer);
  if (kind.is_taken || !Attends(layer)) return;
  const bool is_first = !full_.is_taken && !window_.is_taken;
  kind.is_taken = true;
  if (kind.rest_size == Bytes()) {
    kind.rotation_size = ResultRotation(layer, pass_);
    kind.rest_size = SizeOf(layer);
  }
  if (is_first) positions_ = results.TakeBytes(Positions(pass_));
  kind.rotation = results.TakeBytes(kind.rotation_size);
  kind.rest = results.TakeBytes(kind.rest_size);
}

void RehearsalInputs::TakePlacesOfStates(DryResults& results) {
  if (has_places_of_states_ || absl::c_none_of(layers_, Remembers)) return;
  has_places_of_states_ = true;
  places_of_states_ = results.TakeBytes(PlacesOfStates(pass_));
}

// A scan is told as well which states are the tokens', and which are others'.
void RehearsalInputs::TakePlacesOfScans(DryResults& results) {
  if (has_places_of_scans_ || absl::c_none_of(layers_, Scans)) return;
  has_places_of_scans_ = true;
  places_of_scans_ = results.TakeBytes(PlacesOfStates(pass_));
}

void RehearsalInputs::TakeAll(DryResults& results) {
  TakePlacesOfStates(results);
  TakePlacesOfScans(results);
  for (const Layer& layer : layers_) Take(layer, results);
  if (has_last_ && outputs_.size == Bytes()) {
    outputs_ = results.TakeBytes(pass_.output_count * Bytes(sizeof(int32_t)));
  }
}

void RehearsalInputs::Free(const Layer& layer, DryResults& results) {
  if (IsUsedBehind(layer)) return;
  results.Free(KindOf(layer).rest);
  const bool was_last =
      std::none_of(&layer + 1, layers_.data() + layers_.size(),
                   [](const Layer& later) { return Attends(later); });
  if (was_last) results.Free(positions_);
}

void RehearsalInputs::FreeRotation(const Layer& layer, DryResults& results) {
  if (!IsUsedBehind(layer)) results.Free(KindOf(layer).rotation);
}

void RehearsalInputs::FreeOutputs(DryResults& results) {
  results.Free(outputs_);
}

void RehearsalInputs::FreePlacesOfStates(const Layer& layer,
                                         DryResults& results) {
  if (std::any_of(&layer + 1, layers_.data() + layers_.size(), Remembers)) {
    return;
  }
  results.Free(places_of_states_);
  results.Free(places_of_scans_);
}

void RehearsalInputs::Repeat() {
  positions_ = outputs_ = places_of_states_ = places_of_scans_ = {};
  full_.is_taken = false;
  window_.is_taken = false;
  has_places_of_states_ = false;
  has_places_of_scans_ = false;
}

void RehearsalInputs::Keep() {
  positions_ = outputs_ = places_of_states_ = places_of_scans_ = {};
  for (Kind* kind : {&full_, &window_}) kind->rotation = kind->rest = {};
}

bool RehearsalInputs::IsUsedBehind(const Layer& layer) const {
  return std::any_of(
      &layer + 1, layers_.data() + layers_.size(), [&](const Layer& later) {
        return Attends(later) && IsWindowed(later) == IsWindowed(layer);
      });
}

Bytes RehearsalInputs::SizeOf(const Layer& layer) const {
  std::vector<LayerGroup> alike;
  alike.reserve(layers_.size() + 1);
  alike.push_back({.layer = &layer, .layer_count = 1});
  bool stores =
      false;  // And does not only read what a layer before has stored.
  for (const Layer& other : layers_) {
    if (IsWindowed(other) == IsWindowed(layer)) {
      alike.push_back({.layer = &other, .layer_count = 1});
      stores |= other.key_elements > 0;
    }
  }
  return InputsOf(alike, pass_).sum + (stores ? Places(pass_) : Bytes()) +
         KeyRotation(layer, pass_);
}

}  // namespace hwledger
