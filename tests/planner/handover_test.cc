#include "core/planner/handover.h"

#include <gtest/gtest.h>

#include <vector>

namespace hwledger {
namespace {

// Two layers on the host, the rest on a GPU.
ModelShape ModelOf(const Layer& layer) {
  return {.layers = {layer, layer},
          .embedding_elements = 4096,
          .vocabulary_size = 128'256};
}
const Placement kOutputOnGpu = {.layers = {0, 0}, .output = 1};
const Placement kLastOnGpu = {.layers = {0, 1}, .output = 1};

Bytes OutputBufferBehind(const LayerWidths& widths) {
  return OutputLayerBuffer(ModelOf({.widths = widths}), kOutputOnGpu,
                           PassOf({.sequence_length = 8192, .slot_count = 2}));
}

TEST(ResidualsFromHostTest, AreTheResultsThatAreNotAddedUpYet) {
  EXPECT_EQ(ResidualsFromHost({.feed_forward = 14336}), 2);
  EXPECT_EQ(ResidualsFromHost({.feed_forward = 18'176, .is_parallel = true}),
            3);
  EXPECT_EQ(ResidualsFromHost({.experts_used = 8, .expert_feed_forward = 768}),
            9);
  EXPECT_EQ(ResidualsFromHost({.experts_used = 6,
                               .expert_feed_forward = 1408,
                               .shared_feed_forward = 2816}),
            3);
}

TEST(OutputLayerBufferTest, HoldsOnlyTheWantedLogits) {
  EXPECT_EQ(OutputBufferBehind({.query = 4096, .feed_forward = 14336}),
            Bytes(2 * (128'256 + 4096) * 4));
}

TEST(OutputLayerBufferTest, AddsUpTheExpertsOfTheLastLayer) {
  // The results of two, and the residual stream before and after.
  EXPECT_EQ(
      OutputBufferBehind(
          {.query = 4096, .experts_used = 2, .expert_feed_forward = 14336}),
      Bytes(2 * (128'256 + 4 * 4096) * 4));
}

TEST(OutputLayerBufferTest, ChoosesAmongAllTokensOfALayerThatFeedsNoneForward) {
  // What it gave and the residual stream, 512 x 4096 floats each.
  EXPECT_EQ(OutputBufferBehind({.recurrent = {.kind = Recurrence::kMamba2}}),
            2 * MiB(8));
}

// Nemotron-H's last layer feeds forward alone, Nemotron 3's by experts of which
// some are shared.
TEST(OutputLayerBufferTest, ChoosesAmongAllTokensOfALayerThatOnlyFeedsForward) {
  EXPECT_EQ(OutputBufferBehind({.feed_forward = 21'504}), 2 * MiB(8));
  EXPECT_EQ(OutputBufferBehind({.experts_used = 6,
                                .expert_feed_forward = 1856,
                                .shared_feed_forward = 3712}),
            3 * MiB(8));
}

TEST(OutputLayerBufferTest, AddsUpWhatPartsSideBySideGaveOfAllTokens) {
  // The stream and attention's result, or only one of them.
  EXPECT_EQ(OutputBufferBehind({.feed_forward = 18'176, .projects_late = true}),
            2 * MiB(8));
  EXPECT_EQ(OutputBufferBehind({.feed_forward = 18'176,
                                .projects_late = true,
                                .adds_stream_early = true}),
            MiB(8));
  EXPECT_EQ(OutputBufferBehind({.feed_forward = 18'176, .is_parallel = true}),
            MiB(8));
}

// The stream of all tokens, and twice those two that are wanted.
TEST(OutputLayerBufferTest, ChoosesFromTheStreamBehindRwkv) {
  EXPECT_EQ(OutputBufferBehind({.recurrent = {.kind = Recurrence::kRwkv7}}),
            MiB(8) + 2 * 2 * KiB(16));
}

TEST(OutputLayerBufferTest, TakesOnlyTheWantedTokensFromAnotherGpu) {
  EXPECT_EQ(
      OutputLayerBuffer(
          ModelOf(
              {.widths = {.experts_used = 2, .expert_feed_forward = 14336}}),
          {.layers = {0, 1}, .output = 2}, PassOf({.sequence_length = 8192})),
      Bytes((128'256 + 4096) * 4));
}

TEST(SurroundingsAloneTest, AreWhatTheDeviceBeforeHandsOver) {
  const ModelShape mixtral =
      ModelOf({.widths = {.experts_used = 2, .expert_feed_forward = 14336}});

  EXPECT_EQ(SurroundingsAlone(mixtral, kLastOnGpu, 0).residuals, 5);
  EXPECT_EQ(SurroundingsAlone(mixtral, kLastOnGpu, 1).residuals, 3);
  // Between GPUs: the residual stream and its norm.
  EXPECT_EQ(
      SurroundingsAlone(mixtral, {.layers = {1, 2}, .output = 2}, 2).residuals,
      2);
}

TEST(SurroundingsInPipelineTest, AreFourOfEveryInput) {
  const ModelShape llama = ModelOf({.widths = {.feed_forward = 14336}});
  const Placement halves = {.layers = {1, 2}, .output = 2};

  // Three of the embedded tokens and one more; two of the residual stream; and
  // three for the layer.
  EXPECT_EQ(SurroundingsInPipeline(llama, halves, 1).residuals, 4 * 3 + 1 + 3);
  EXPECT_EQ(SurroundingsInPipeline(llama, halves, 2).residuals, 4 * 2 + 3);
  EXPECT_EQ(SurroundingsInPipeline(llama, halves, 2).input_copies(), 4);
}

}  // namespace
}  // namespace hwledger
