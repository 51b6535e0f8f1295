#include "core/planner/recurrent_buffer.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

Bytes BufferOf(const RecurrentWidths& widths, const EngineOptions& options) {
  const Layer layer = {.kind = LayerKind::kRecurrent,
                       .widths = {.recurrent = widths}};
  return RecurrentBuffer(layer, PassOf(options));
}

// Qwen3.5 4B: 16 heads of keys and 32 of values, 128 elements each, 3 tokens
// back.
constexpr RecurrentWidths kDelta = {.kind = Recurrence::kDeltaNet,
                                    .inner = 4096,
                                    .convolved = 8192,
                                    .heads = 32,
                                    .convolution_state = 3 * 8192,
                                    .state = 4096 * 128};

TEST(RecurrentBufferTest, HoldsNothingForALayerWithoutAState) {
  EXPECT_EQ(BufferOf({}, {.sequence_length = 8192}), Bytes());
}

TEST(RecurrentBufferTest, HoldsADeltaNetsConvolutionTwiceAndItsStatesTwice) {
  // 512 tokens x (2 x 8192 + 4096) floats are 40 MiB; 8 sequences x 3 x 8192
  // looked back to, and 8 x 2 MiB of states before and after.
  EXPECT_EQ(BufferOf(kDelta, {.sequence_length = 1024, .slot_count = 8}),
            MiB(40) + 8 * (3 * 8192 * Bytes(4) + 2 * MiB(2)));
}

TEST(RecurrentBufferTest, PutsADeltaNetsResultWhereTheConvolutionWasIfItFits) {
  // One sequence's result is 512 x 4096 floats and 2 MiB of states: 10 MiB. Of
  // the convolution's 16 MiB the keys have taken 4.
  EXPECT_EQ(BufferOf(kDelta, {.sequence_length = 1024}),
            MiB(32) + 3 * 8192 * Bytes(4) + MiB(2));
}

TEST(RecurrentBufferTest, SaturatesForAModelOfAbsurdSize) {
  constexpr int64_t huge = int64_t{1} << 40;
  const RecurrentWidths absurd = {.kind = Recurrence::kDeltaNet,
                                  .inner = huge,
                                  .convolved = huge,
                                  .convolution_state = huge << 20,
                                  .state = huge};

  EXPECT_EQ(BufferOf(absurd, {.sequence_length = 1, .slot_count = 256}),
            Bytes::Max());
}

TEST(RecurrentBufferTest, NeverShrinksWithMoreSequences) {
  Bytes before;
  for (int64_t slots = 1; slots <= 64; slots *= 2) {
    const Bytes now =
        BufferOf(kDelta, {.sequence_length = 1024, .slot_count = slots});
    EXPECT_GE(now, before) << slots;
    before = now;
  }
}

}  // namespace
}  // namespace hwledger
