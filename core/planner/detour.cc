#include "core/planner/detour.h"

#include <cstddef>
#include <cstdint>

#include "core/planner/rehearsed_attention.h"

namespace hwledger {
namespace {

bool HasExperts(const Layer& layer) {
  return layer.widths.expert_feed_forward > 0;
}

bool Stores(const Layer& layer) {
  return layer.widths.query > 0 || Remembers(layer);
}

}  // namespace

bool Remembers(const Layer& layer) {
  return layer.widths.recurrent.kind != Recurrence::kNone;
}

bool Scans(const Layer& layer) {
  return layer.widths.recurrent.kind == Recurrence::kMamba1 ||
         layer.widths.recurrent.kind == Recurrence::kMamba2;
}

bool Mixes(const Layer& layer) {
  return layer.widths.recurrent.kind == Recurrence::kRwkv6 ||
         layer.widths.recurrent.kind == Recurrence::kRwkv7;
}

bool GathersAtOnce(const Layer& layer) {
  return Remembers(layer) && layer.kind != LayerKind::kHybrid;
}

const Layer* GatheredFirst(absl::Span<const Layer> layers) {
  for (const Layer& layer : layers) {
    if (GathersAtOnce(layer)) return &layer;
    if (Stores(layer) || HasExperts(layer)) return nullptr;
  }
  return nullptr;
}

const Layer* LastThatStores(absl::Span<const Layer> layers) {
  for (size_t i = layers.size(); i-- > 0;) {
    if (Stores(layers[i])) return &layers[i];
    if (HasExperts(layers[i])) return nullptr;
  }
  return nullptr;
}

Detour DetourOf(absl::Span<const Layer> layers, absl::Span<const Layer> next,
                const Pass& pass) {
  const Layer* stored = LastThatStores(layers);
  if (stored == nullptr || HasExperts(*stored) ||
      GatheredFirst(next) == nullptr) {
    return {};
  }
  const Layer& layer = *stored;
  const LayerWidths& widths = layer.widths;
  const auto floats = [&](int64_t tokens, int64_t elements) {
    return tokens * (elements * Bytes(sizeof(float)));
  };
  const int64_t tokens = pass.token_count;
  const RecurrentWidths& scan = widths.recurrent;
  if (Scans(layer)) {
    // The gate goes with what was projected beside it, from its own first
    // element to its last.
    const int64_t beside =
        scan.convolved + (scan.kind == Recurrence::kMamba2 ? scan.heads : 0);
    return {.layer = stored,
            .there = floats(tokens, scan.inner + beside) - floats(1, beside),
            .back = floats(tokens, scan.inner)};
  }
  if (Mixes(layer)) {
    // Of each sequence the token before, which is one of two that were kept;
    // all tokens but its last, if there are some; and all of them.
    const int64_t sequences = pass.layout.slot_count;
    const int64_t shifted = tokens > sequences ? tokens - 1 : 0;
    const Bytes stream = floats(tokens, scan.inner);
    return {.layer = stored,
            .there = floats(sequences - 1, scan.convolution_state) +
                     floats(1 + shifted, scan.inner) + stream,
            .between = stream,
            .back = stream};
  }
  if (widths.query > 0 && RotatesResult(layer, pass)) {
    return {.layer = stored,
            .there = floats(tokens, widths.output),
            .back = floats(tokens, widths.output)};
  }
  return {};
}

}  // namespace hwledger
