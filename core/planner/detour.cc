#include "core/planner/detour.h"

#include <cstdint>

#include "core/planner/rehearsed_attention.h"

namespace hwledger {

bool Remembers(const Layer& layer) {
  return layer.widths.recurrent.kind != Recurrence::kNone;
}

bool Scans(const Layer& layer) {
  return layer.widths.recurrent.kind == Recurrence::kMamba1 ||
         layer.widths.recurrent.kind == Recurrence::kMamba2;
}

bool GathersAtOnce(const Layer& layer) {
  return Remembers(layer) && layer.kind != LayerKind::kHybrid;
}

Detour DetourOf(const Layer& layer, const Layer& next, const Pass& pass) {
  const LayerWidths& widths = layer.widths;
  if (!GathersAtOnce(next) || widths.expert_feed_forward > 0) return {};
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
    return {.there = floats(tokens, scan.inner + beside) - floats(1, beside),
            .back = floats(tokens, scan.inner)};
  }
  if (widths.query > 0 && RotatesResult(layer, pass)) {
    return {.there = floats(tokens, widths.output),
            .back = floats(tokens, widths.output)};
  }
  return {};
}

}  // namespace hwledger
