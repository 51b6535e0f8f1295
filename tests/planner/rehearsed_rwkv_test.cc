#include "core/planner/rehearsed_rwkv.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/types/span.h"

namespace hwledger {
namespace {

using Block = DryResults::Block;

// 512 tokens, of which 1024 floats each are 2 MiB: the width of the stream.
const Pass kPass = PassOf({.sequence_length = 8192});
constexpr int64_t kEmbedding = 1024;
// 16 heads of 64 elements.
constexpr Bytes kMatrices = KiB(256);

Layer LayerOf(Recurrence kind) {
  return {.kind = LayerKind::kRecurrent,
          .widths = {.recurrent = {.kind = kind,
                                   .inner = kEmbedding,
                                   .convolved = kEmbedding,
                                   .heads = 16,
                                   .convolution_state = 2 * kEmbedding,
                                   .state = kEmbedding * 64,
                                   .mixes = {.channels = 3584,
                                             .mix = 32,
                                             .decay = 96,
                                             .rate = 64,
                                             .value = 64,
                                             .gate = 128}}}};
}

struct TimeMix {
  Bytes peak;
  Block first_values;
};

TimeMix GoThroughTimeMix(Recurrence kind, ValueMix value_mix) {
  DryResults results(kPass.token_count);
  results.Take(kEmbedding);  // The norm, which is its input.
  Block matrices = results.TakeBytes(kMatrices);
  TimeMix mix;
  if (value_mix != ValueMix::kMakes) {
    mix.first_values = results.Take(kEmbedding);
  }
  RehearseTimeMix(LayerOf(kind), kPass, value_mix, matrices, mix.first_values,
                  results);
  mix.peak = results.peak();
  return mix;
}

TEST(RehearsedRwkvTest, GathersAMatrixOfEachHeadForEverySequence) {
  EXPECT_EQ(GatheredMatrices(LayerOf(Recurrence::kRwkv6), kPass), kMatrices);
  EXPECT_EQ(
      GatheredMatrices(LayerOf(Recurrence::kRwkv6),
                       PassOf({.sequence_length = 8192, .slot_count = 4})),
      4 * kMatrices);
}

// Its input, five mixes and the 160 floats of each token that they were made
// of, keys, values, receptance and decay; the output with new matrices.
TEST(RehearsedRwkvTest, HoldsFiveMixesBesideWhatTheSixthMakesOfThem) {
  EXPECT_EQ(GoThroughTimeMix(Recurrence::kRwkv6, ValueMix::kMakes).peak,
            MiB(2) + kMatrices + 5 * MiB(2) + KiB(2 * 160) + 4 * MiB(2) +
                MiB(2) + kMatrices);
}

// Its input, the first layer's values and six mixes; receptance, decay and the
// 96 floats before it, the key that is removed, also negated, and the place of
// the rate, key and value; the output with new matrices.
TEST(RehearsedRwkvTest, HoldsSixMixesBesideWhatTheSeventhMakesOfThem) {
  EXPECT_EQ(GoThroughTimeMix(Recurrence::kRwkv7, ValueMix::kTakes).peak,
            2 * MiB(2) + kMatrices + 6 * MiB(2) + 7 * MiB(2) + KiB(2 * 96) +
                MiB(2) + kMatrices);
}

TEST(RehearsedRwkvTest, GivesUpTheFirstValuesInTheLastLayer) {
  const TimeMix takes = GoThroughTimeMix(Recurrence::kRwkv7, ValueMix::kTakes);
  const TimeMix last =
      GoThroughTimeMix(Recurrence::kRwkv7, ValueMix::kReplaces);

  EXPECT_EQ(last.peak, takes.peak - MiB(2));
  EXPECT_EQ(last.first_values, Block{});
  EXPECT_EQ(takes.first_values.size, MiB(2));
}

TEST(RehearsedRwkvTest, KeepsTheValuesThatTheFirstLayerMakes) {
  EXPECT_EQ(
      GoThroughTimeMix(Recurrence::kRwkv7, ValueMix::kMakes).first_values.size,
      MiB(2));
}

TEST(RehearsedRwkvTest, NeedsTheFirstValuesNoMoreBehindTheLastLayerOfAPart) {
  const std::vector<Layer> layers(4, LayerOf(Recurrence::kRwkv7));
  const auto all = absl::MakeConstSpan(layers);
  const RehearsedPart whole = {.layers = all};
  const RehearsedPart front = {.layers = all.first(2),
                               .behind = all.subspan(2)};
  const RehearsedPart back = {.layers = all.subspan(2), .before = all.first(2)};

  EXPECT_EQ(ValueMixOf(whole, 0), ValueMix::kMakes);
  EXPECT_EQ(ValueMixOf(whole, 2), ValueMix::kTakes);
  EXPECT_EQ(ValueMixOf(whole, 3), ValueMix::kReplaces);
  // Which the other device gets them from.
  EXPECT_EQ(ValueMixOf(front, 1), ValueMix::kTakes);
  EXPECT_EQ(ValueMixOf(back, 0), ValueMix::kTakes);
  EXPECT_EQ(ValueMixOf(back, 1), ValueMix::kReplaces);
}

// The receptance comes before the key: it is beside what both were made of and
// the hidden result, 7 MiB.
TEST(RehearsedRwkvTest, HoldsTheReceptanceBesideTheChannels) {
  DryResults results(kPass.token_count);
  Block difference = results.Take(kEmbedding);
  Block normed = results.Take(kEmbedding);
  const Block result = RehearseChannelMix(LayerOf(Recurrence::kRwkv6),
                                          difference, normed, results);

  EXPECT_EQ(results.peak(), 4 * MiB(2) + MiB(7));
  EXPECT_EQ(result.size, MiB(2));
}

TEST(RehearsedRwkvTest, MakesAnInputOfADifferenceThatStays) {
  DryResults results(kPass.token_count);
  Block stays;
  Block normed = results.Take(kEmbedding);
  RehearseChannelMix(LayerOf(Recurrence::kRwkv7), stays, normed, results);

  EXPECT_EQ(results.peak(), 2 * MiB(2) + MiB(7));
}

}  // namespace
}  // namespace hwledger
