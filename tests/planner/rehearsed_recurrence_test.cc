#include "core/planner/rehearsed_recurrence.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

// 512 tokens, of which 1024 floats each are 2 MiB: the width of the stream.
const Pass kPass = PassOf({.sequence_length = 8192});
constexpr int64_t kEmbedding = 1024;

Layer LayerOf(const RecurrentWidths& widths) {
  return {.kind = LayerKind::kRecurrent, .widths = {.recurrent = widths}};
}

// 4 MiB of gates and as much of output, 6 MiB of what is convolved, 32 KiB of
// time steps. A sequence's convolution looks back to 36 KiB.
RecurrentWidths ScanWith(int64_t state) {
  return {.kind = Recurrence::kMamba2,
          .inner = 2048,
          .convolved = 3072,
          .heads = 16,
          .convolution_state = 3 * 3072,
          .state = state};
}

Bytes PeakOfScan(const RecurrentWidths& widths) {
  const Layer layer = LayerOf(widths);
  DryResults results(kPass.token_count);
  DryResults::Block normed = results.Take(kEmbedding);
  DryResults::Block states = results.TakeBytes(GatheredStates(layer, kPass));
  RehearseScan(
      layer, kEmbedding, kPass, [] {},
      [&](DryResults::Block& gate) { results.Replace(gate, widths.inner); },
      normed, states, results);
  return results.peak();
}

TEST(RehearsedRecurrenceTest, HoldsAScansInputsBesideWhatItGives) {
  // The norm's 2 MiB, states, the projection, the convolution's input and
  // result; and 4 MiB of output with as much of new states.
  EXPECT_EQ(PeakOfScan(ScanWith(/*state=*/2048 * 512)),
            MiB(2) + KiB(36) + MiB(10) + KiB(32) + MiB(6) + KiB(36) + MiB(6) +
                MiB(8));
}

TEST(RehearsedRecurrenceTest, PutsAScansOutputWhereTheConvolutionWasIfItFits) {
  // 5 MiB do; the gate, 4 MiB, comes on top then.
  EXPECT_EQ(PeakOfScan(ScanWith(/*state=*/2048 * 128)),
            MiB(2) + KiB(36) + MiB(10) + KiB(32) + MiB(6) + KiB(36) + MiB(6) +
                MiB(4));
}

TEST(RehearsedRecurrenceTest, GathersTheNextStatesBesideAShortConvolution) {
  const Layer layer = LayerOf({.kind = Recurrence::kShortConvolution,
                               .inner = kEmbedding,
                               .convolved = kEmbedding,
                               .convolution_state = 2 * kEmbedding});
  DryResults results(kPass.token_count);
  DryResults::Block normed = results.Take(kEmbedding);
  DryResults::Block states = results.TakeBytes(GatheredStates(layer, kPass));
  const DryResults::Block result = RehearseConvolution(
      layer, kEmbedding, kPass, [&] { results.TakeBytes(MiB(1)); }, normed,
      states, results);

  // Where the norm and the states were are the product, then the next states
  // and no room for the result; the projection is 6 MiB, the convolution 2.
  EXPECT_EQ(results.peak(),
            MiB(2) + KiB(8) + MiB(6) + MiB(2) + KiB(8) + MiB(2));
  EXPECT_EQ(result.size, MiB(2));
}

}  // namespace
}  // namespace hwledger
