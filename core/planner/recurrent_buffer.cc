#include "core/planner/recurrent_buffer.h"

#include <cstdint>

namespace hwledger {
namespace {

Bytes Floats(int64_t count) { return count * Bytes(sizeof(float)); }

// The scan's inputs, the convolved ones before and after, and its output,
// beside the states of all sequences. Where the states that the scan returns do
// not fit into the place of one of its inputs, all but one come on top
// (llama.cpp: src/models/mamba-base.cpp).
Bytes Scan(const RecurrentWidths& widths, const Pass& pass) {
  const int64_t sequences = pass.layout.slot_count;
  // Mamba-2 projects a time step for each head along with the rest.
  const int64_t steps = widths.kind == Recurrence::kMamba2 ? widths.heads : 0;
  const int64_t returned = (sequences - 1) * widths.state;
  const int64_t fits = pass.token_count * widths.inner;
  return pass.token_count *
             Floats(2 * widths.inner + 3 * widths.convolved + steps) +
         sequences * Floats(widths.convolution_state + widths.state) +
         Floats(returned > fits ? returned : 0);
}

// Queries, keys and values before the convolution, with the tokens that it
// looks back to, and after it; the states as they were; and one result of the
// output and the new states. That goes where the convolution's input was if it
// fits beside the keys, which have gone there already. The queries find room in
// the residual stream (llama.cpp: src/models/delta-net-base.cpp).
Bytes DeltaNet(const RecurrentWidths& widths, const Pass& pass) {
  const int64_t sequences = pass.layout.slot_count;
  const int64_t tokens = pass.token_count;
  const Bytes keys = tokens * Floats((widths.convolved - widths.inner) / 2);
  const Bytes states = sequences * Floats(widths.state);
  const Bytes convolved = tokens * Floats(widths.convolved);
  const Bytes convolution =
      convolved + sequences * Floats(widths.convolution_state);
  const Bytes result = tokens * Floats(widths.inner) + states;
  const bool fits = keys + result <= convolution;
  return convolved + convolution + states + (fits ? Bytes() : result);
}

// Queries, keys, values and the decay of each element, the output and the place
// of a projection, beside the states before and after (llama.cpp:
// src/models/kimi-linear.cpp).
Bytes KimiDelta(const RecurrentWidths& widths, const Pass& pass) {
  return pass.token_count * Floats(6 * widths.inner) +
         pass.layout.slot_count *
             Floats(2 * widths.state + widths.convolution_state);
}

// All three inputs of the convolution, and its own before and after (llama.cpp:
// src/models/lfm2.cpp).
Bytes ShortConvolution(const RecurrentWidths& widths, const Pass& pass) {
  return pass.token_count * Floats(5 * widths.inner) +
         pass.layout.slot_count * Floats(widths.convolution_state);
}

}  // namespace

Bytes RecurrentBuffer(const Layer& layer, const Pass& pass) {
  const RecurrentWidths& widths = layer.widths.recurrent;
  switch (widths.kind) {
    case Recurrence::kNone:
      return Bytes();
    case Recurrence::kMamba1:
    case Recurrence::kMamba2:
      return Scan(widths, pass);
    case Recurrence::kDeltaNet:
      return DeltaNet(widths, pass);
    case Recurrence::kKimiDelta:
      return KimiDelta(widths, pass);
    case Recurrence::kRwkv6:
    case Recurrence::kRwkv7:
      return Bytes();  // Always rehearsed.
    case Recurrence::kShortConvolution:
      return ShortConvolution(widths, pass);
  }
  return Bytes();
}

}  // namespace hwledger
