#include "core/planner/rehearsed_recurrence.h"

#include <algorithm>
#include <cstdint>

namespace hwledger {
namespace {

using Block = DryResults::Block;

Bytes Floats(int64_t count) { return count * Bytes(sizeof(float)); }

// The tokens that the convolution looks back to and those of the pass.
Block TakeConvolved(const Layer& layer, const Pass& pass, DryResults& results) {
  return results.TakeBytes(pass.token_count *
                               Floats(layer.widths.recurrent.convolved) +
                           GatheredStates(layer, pass));
}

}  // namespace

Bytes GatheredStates(const Layer& layer, const Pass& pass) {
  return pass.layout.slot_count *
         Floats(layer.widths.recurrent.convolution_state);
}

// One projection holds the input, what it is multiplied with first, and what
// the convolution is multiplied with, in its place.
Block RehearseConvolution(const Layer& layer, int64_t embedding_elements,
                          const Pass& pass,
                          absl::FunctionRef<void()> gather_next, Block& normed,
                          Block& states, DryResults& results) {
  const int64_t inner = layer.widths.recurrent.inner;
  Block projected = results.Take(3 * inner);
  results.Free(normed);
  Block product = results.Take(inner);
  Block convolved = TakeConvolved(layer, pass, results);
  results.Free(states);
  results.Free(product);
  gather_next();
  Block result = results.Take(inner);
  results.Free(convolved);
  results.Free(projected);
  results.Replace(result, embedding_elements);
  return result;
}

// One projection holds the gate, what is convolved, and in Mamba-2 a time step
// for each head; in Mamba-1 steps are projected twice from the convolved input.
// The scan gives the new states together with its output, to which its input is
// added, in Mamba-1 where that is. The states of all sequences but one are
// copied (llama.cpp: llm_graph_context::build_rs).
Block RehearseScan(const Layer& layer, int64_t embedding_elements,
                   const Pass& pass, absl::FunctionRef<void()> gather_next,
                   absl::FunctionRef<void(Block&)> make_gate, Block& normed,
                   Block& states, DryResults& results) {
  const RecurrentWidths& widths = layer.widths.recurrent;
  const bool is_second = widths.kind == Recurrence::kMamba2;
  Block gate = results.Take(widths.inner + widths.convolved +
                            (is_second ? widths.heads : 0));
  results.Free(normed);
  Block convolved = TakeConvolved(layer, pass, results);
  results.Free(states);
  Block input = results.Take(widths.convolved);
  results.Free(convolved);
  Block mixed;
  if (!is_second) {
    mixed = results.Take(widths.heads +
                         2 * widths.state / std::max<int64_t>(widths.inner, 1));
  }
  Block steps = results.Take(is_second ? widths.heads : widths.inner);
  Block output =
      results.TakeBytes(pass.token_count * Floats(widths.inner) +
                        pass.layout.slot_count * Floats(widths.state));
  results.Free(mixed);
  results.Free(steps);
  Block others =
      results.TakeBytes((pass.layout.slot_count - 1) * Floats(widths.state));
  results.Free(others);
  gather_next();
  make_gate(gate);
  if (is_second) results.Replace(input, widths.inner);
  results.Free(output);
  Block result = results.Take(widths.inner);
  results.Free(gate);
  results.Free(input);
  if (is_second) results.Replace(result, widths.inner);  // Normed.
  results.Replace(result, embedding_elements);
  return result;
}

}  // namespace hwledger
