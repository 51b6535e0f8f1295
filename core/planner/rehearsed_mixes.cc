#include <utility>

#include "core/planner/rehearsed_pass.h"
#include "core/planner/rehearsed_recurrence.h"
#include "core/planner/rehearsed_rwkv.h"

namespace hwledger {

void RehearsedPass::NormTokens() { results_.Replace(stream_, embedding_); }

void RehearsedPass::TakeFirstValues() {
  const Recurrence kind = layers_.front().widths.recurrent.kind;
  if (kind == Recurrence::kRwkv7) first_values_ = Take(embedding_);
}

// That and the stream, which is added here; RWKV 6 multiplies two results
// before.
void RehearsedPass::TakeChannelMix(const Layer& before) {
  const bool is_gated = before.widths.recurrent.kind == Recurrence::kRwkv6;
  stream_ = Take(embedding_);
  Block gated = Take(is_gated ? embedding_ : 0);
  Block residual = Take(embedding_);
  TakeFirstValues();
  inputs_.TakeAll(results_);
  Free(gated);
  Free(residual);
}

// The tokens are normed for each of the two mixes; what both look back to next
// time is stored between them. What a layer gives is a view, where nothing can
// be added, but not the stream that comes from a GPU.
void RehearsedPass::Mix(size_t index, bool is_last) {
  const Layer& layer = layers_[index];
  const bool adds_in_stream = normed_.size > Bytes();
  inputs_.FreePlacesOfStates(layer, results_);
  Block normed = Normed(layer);
  Block result = RehearseTimeMix(layer, pass_, ValueMixOf(part_, index),
                                 matrices_, first_values_, results_);
  if (!adds_in_stream) results_.Replace(stream_, embedding_);
  Free(result);
  Block normed_sum = Take(embedding_);
  Block stored = results_.TakeBytes(GatheredStates(layer, pass_));
  Free(normed);
  Free(stored);
  Block before = std::exchange(states_, Block{});
  GatherBehind(index);
  Block difference = Difference(index, is_last, before, normed_sum);
  result = RehearseChannelMix(layer, difference, normed_sum, results_);
  if (is_last) {
    results_.Replace(stream_, embedding_);
    inputs_.FreeOutputs(results_);
  }
  Free(stream_);
  stream_ = result;
}

// Of all tokens from those before, or of those whose logits are wanted. The
// device behind finds it if that is the detour to it.
RehearsedPass::Block RehearsedPass::Difference(size_t index, bool is_last,
                                               Block& before, Block& normed) {
  if (&layers_[index] == detour_.layer) {
    Free(before);
    return is_pipelined_ ? Block{} : results_.TakeBytes(detour_.back);
  }
  Block shifted = Take(embedding_);
  Free(before);
  if (is_last) results_.GoOnWith(pass_.output_count);
  results_.Replace(shifted, embedding_);
  if (is_last) results_.Replace(normed, embedding_);
  return shifted;
}

}  // namespace hwledger
