#include "core/planner/rehearsal_inputs.h"

#include <algorithm>
#include <vector>

#include "core/planner/pass_inputs.h"
#include "core/planner/rehearsed_attention.h"

namespace hwledger {
namespace {

// Each token's position, and those of its key and value in the cache.
Bytes Places(const Pass& pass) { return pass.token_count * Bytes(4 + 8 + 8); }

}  // namespace

void RehearsalInputs::Take(const Layer& layer, DryResults& results) {
  Kind& kind = KindOf(layer);
  if (kind.is_taken || layer.key_elements == 0) return;
  kind.is_taken = true;
  if (kind.size == Bytes()) kind.size = SizeOf(layer);
  kind.block = results.TakeBytes(kind.size);
}

void RehearsalInputs::TakeAll(DryResults& results) {
  for (const Layer& layer : layers_) Take(layer, results);
}

void RehearsalInputs::Free(const Layer& layer, DryResults& results) {
  const bool is_used_again = std::any_of(
      &layer + 1, layers_.data() + layers_.size(), [&](const Layer& later) {
        return later.key_elements > 0 && IsWindowed(later) == IsWindowed(layer);
      });
  if (!is_used_again) results.Free(KindOf(layer).block);
}

void RehearsalInputs::Repeat() {
  full_.is_taken = false;
  window_.is_taken = false;
}

void RehearsalInputs::Keep() {
  full_.block = {};
  window_.block = {};
}

Bytes RehearsalInputs::SizeOf(const Layer& layer) const {
  std::vector<LayerGroup> alike;
  alike.reserve(layers_.size());
  for (const Layer& other : layers_) {
    if (IsWindowed(other) == IsWindowed(layer)) {
      alike.push_back({.layer = &other, .layer_count = 1});
    }
  }
  return InputsOf(alike, pass_).sum + Places(pass_) +
         CacheRotations(layer, pass_);
}

}  // namespace hwledger
