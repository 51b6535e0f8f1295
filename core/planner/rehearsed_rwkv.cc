#include "core/planner/rehearsed_rwkv.h"

#include <cstdint>
#include <utility>

namespace hwledger {
namespace {

using Block = DryResults::Block;

bool IsSixth(const Layer& layer) {
  return layer.widths.recurrent.kind == Recurrence::kRwkv6;
}

Bytes Floats(int64_t count) { return count * Bytes(sizeof(float)); }

// A product with two narrow matrices.
Block TakeThrough(int64_t rank, int64_t embedding, DryResults& results) {
  Block narrow = results.Take(rank);
  const Block result = results.Take(embedding);
  results.Free(narrow);
  return result;
}

// The output comes with the new matrices.
Block TakeOutput(const Layer& layer, const Pass& pass, DryResults& results) {
  return results.TakeBytes(pass.token_count *
                               Floats(layer.widths.recurrent.inner) +
                           GatheredMatrices(layer, pass));
}

// Normed by heads, and as a whole.
Block Norm(Block& output, int64_t embedding, DryResults& results) {
  Block result = results.Take(embedding);
  results.Free(output);
  results.Replace(result, embedding);
  return result;
}

// How much of the difference to the token before goes into each of five mixes
// depends on the token.
Block TakeFiveMixes(const RecurrentWidths& widths, DryResults& results) {
  Block difference = results.Take(widths.inner);
  Block mixed = results.Take(widths.inner);
  Block narrow = results.Take(5 * widths.mixes.mix);
  results.Free(mixed);
  results.Replace(narrow, 5 * widths.mixes.mix);
  const Block mixes = results.Take(5 * widths.inner);
  results.Free(narrow);
  results.Free(difference);
  return mixes;
}

Block RehearseSixth(const Layer& layer, const Pass& pass, Block& matrices,
                    DryResults& results) {
  const RecurrentWidths& widths = layer.widths.recurrent;
  const int64_t embedding = widths.inner;
  Block mixes = TakeFiveMixes(widths, results);
  Block key = results.Take(embedding);
  Block value = results.Take(embedding);
  Block receptance = results.Take(embedding);
  Block decay = TakeThrough(widths.mixes.decay, embedding, results);
  Block output = TakeOutput(layer, pass, results);
  for (Block* input : {&key, &value, &receptance, &decay, &matrices}) {
    results.Free(*input);
  }
  Block result = Norm(output, embedding, results);
  Block gate = results.Take(embedding);
  results.Free(mixes);
  results.Free(gate);
  results.Replace(result, embedding);
  return result;
}

Block TakeSixMixes(int64_t embedding, DryResults& results) {
  Block difference = results.Take(embedding);
  const Block mixes = results.Take(6 * embedding);
  results.Free(difference);
  return mixes;
}

void MixValues(const RecurrentWidths& widths, ValueMix value_mix,
               Block& first_values, DryResults& results) {
  if (value_mix == ValueMix::kMakes) return;
  Block difference = value_mix == ValueMix::kReplaces
                         ? std::exchange(first_values, Block{})
                         : Block{};
  if (difference.size == Bytes()) difference = results.Take(widths.inner);
  Block share = TakeThrough(widths.mixes.value, widths.inner, results);
  results.Free(share);
  results.Free(difference);
}

// Values multiplied with the sum of what keys and receptance agree in.
void TakeBonus(const RecurrentWidths& widths, Block& key, Block& receptance,
               Block* value, DryResults& results) {
  Block product = results.Take(widths.inner);
  results.Free(key);
  results.Free(receptance);
  Block sums = results.Take(widths.heads);
  results.Free(product);
  Block bonus = results.Take(widths.inner);
  if (value != nullptr) results.Free(*value);
  results.Free(sums);
  results.Free(bonus);
}

Block RehearseSeventh(const Layer& layer, const Pass& pass, ValueMix value_mix,
                      Block& matrices, Block& first_values,
                      DryResults& results) {
  const RecurrentWidths& widths = layer.widths.recurrent;
  const int64_t embedding = widths.inner;
  Block mixes = TakeSixMixes(embedding, results);
  Block receptance = results.Take(embedding);
  Block decay = TakeThrough(widths.mixes.decay, embedding, results);
  Block removed = results.Take(embedding);  // A key until it is normed.
  Block rate = TakeThrough(widths.mixes.rate, embedding, results);
  Block scaled = results.Take(embedding);
  Block key = results.Take(embedding);
  results.Free(scaled);
  Block value = results.Take(embedding);
  MixValues(widths, value_mix, first_values, results);
  results.Replace(removed, embedding);
  Block negated = results.Take(embedding);
  results.Free(rate);
  Block output = TakeOutput(layer, pass, results);
  for (Block* input : {&decay, &negated, &removed, &matrices}) {
    results.Free(*input);
  }
  Block result = Norm(output, embedding, results);
  const bool makes = value_mix == ValueMix::kMakes;
  TakeBonus(widths, key, receptance, makes ? nullptr : &value, results);
  if (makes) first_values = value;
  Block narrow = results.Take(widths.mixes.gate);
  results.Free(mixes);
  Block gate = results.Take(embedding);
  results.Free(narrow);
  results.Free(gate);
  results.Replace(result, embedding);
  return result;
}

}  // namespace

Bytes GatheredMatrices(const Layer& layer, const Pass& pass) {
  return pass.layout.slot_count * Floats(layer.widths.recurrent.state);
}

// What the first layer has made is handed to all devices, and stays if there
// are some.
ValueMix ValueMixOf(const RehearsedPart& part, size_t index) {
  const bool has_first = part.before.empty();
  if (has_first && index == 0) return ValueMix::kMakes;
  const bool is_last = index + 1 == part.layers.size();
  return is_last && (!has_first || part.behind.empty()) ? ValueMix::kReplaces
                                                        : ValueMix::kTakes;
}

Block RehearseTimeMix(const Layer& layer, const Pass& pass, ValueMix value_mix,
                      Block& matrices, Block& first_values,
                      DryResults& results) {
  return IsSixth(layer) ? RehearseSixth(layer, pass, matrices, results)
                        : RehearseSeventh(layer, pass, value_mix, matrices,
                                          first_values, results);
}

Block RehearseChannelMix(const Layer& layer, Block& difference, Block& normed,
                         DryResults& results) {
  const RecurrentWidths& widths = layer.widths.recurrent;
  Block receptance;
  if (IsSixth(layer)) {
    receptance = results.Take(widths.inner);
    results.Replace(receptance, widths.inner);
  }
  if (difference.size == Bytes()) difference = results.Take(widths.inner);
  results.Free(normed);
  Block hidden = results.Take(widths.mixes.channels);
  results.Free(difference);
  Block result = results.Take(widths.inner);
  results.Free(hidden);
  if (!IsSixth(layer)) return result;
  results.Free(result);
  return receptance;
}

}  // namespace hwledger
