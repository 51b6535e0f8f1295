#include "core/planner/rehearsal.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "core/planner/layer_kinds.h"

namespace hwledger {
namespace {

// With 512 tokens at once, 1024 floats of each are 2 MiB. Queries, keys and
// values are as wide as the residual stream, and the mask of 8192 cells takes 8
// MiB; positions and places in the cache, 20 bytes a token, come beside it.
constexpr Bytes kPositions(4 * 512);
constexpr Bytes kPlaces(20 * 512);
// Which token's logits are wanted.
constexpr Bytes kWanted(4);

Layer LayerOf(LayerWidths widths) {
  widths.query_heads = 16;
  widths.query = widths.output = 1024;
  return {.key_elements = 1024, .value_elements = 1024, .widths = widths};
}

std::optional<Bytes> BufferOf(const ModelShape& model,
                              const Placement& placement, int64_t device,
                              const EngineOptions& options) {
  const std::vector<size_t> kinds = KindsOf(model.layers);
  const auto rehearsal = Rehearsal::Of(model, kinds, placement, device,
                                       /*is_pipelined=*/false);
  if (!rehearsal) return std::nullopt;
  return rehearsal->BufferFor(PassOf(options));
}

std::optional<Bytes> BufferOf(const LayerWidths& widths,
                              const Placement& placement, int64_t device = 1) {
  const Layer layer = LayerOf(widths);
  const ModelShape model = {.layers = {layer, layer, layer, layer},
                            .embedding_elements = 1024,
                            .vocabulary_size = 1};
  return BufferOf(model, placement, device, {.sequence_length = 8192});
}

const Placement kBehindHost = {.layers = {0, 0, 1, 1}, .output = 1};
const Placement kBehindGpu = {.layers = {0, 1, 2, 2}, .output = 2};
const Placement kLastAlone = {.layers = {0, 0, 0, 1}, .output = 1};

TEST(RehearsalTest, HoldsTheStreamAndThreeHiddenResultsBesideTheMask) {
  EXPECT_EQ(BufferOf({.feed_forward = 4096, .is_gated = true}, kBehindHost),
            2 * MiB(2) + 3 * MiB(8) + MiB(8) + kPlaces + kWanted);
}

// The place of what was handed over is too small for a hidden result.
TEST(RehearsalTest, LeavesAGapWhereTheStreamIsNotNormed) {
  EXPECT_EQ(
      BufferOf({.feed_forward = 4096, .is_gated = true, .is_post_normed = true},
               kBehindHost),
      3 * MiB(2) + 3 * MiB(8) + MiB(8) + kPlaces + kWanted);
}

// Queries, keys and values, of which the queries are turned already, beside the
// stream and its norm.
TEST(RehearsalTest, HoldsAttentionAloneInTheLastLayer) {
  EXPECT_EQ(BufferOf({.feed_forward = 4096, .is_gated = true}, kLastAlone),
            5 * MiB(2) + MiB(8) + kPlaces + kWanted);
}

// Three results are handed over, of which the first takes their sum.
TEST(RehearsalTest, AddsUpWhatPartsSideBySideGave) {
  EXPECT_EQ(
      BufferOf({.feed_forward = 4096, .projects_late = true}, kBehindHost),
      3 * MiB(2) + MiB(8) + MiB(8) + kPlaces + kWanted);
}

// The tokens' embeddings three times, those of images twice; in the gap that
// two of them leave the hidden results find no room.
TEST(RehearsalTest, HoldsAllInputsOnTheHostBesideThePlaceOfImages) {
  EXPECT_EQ(BufferOf({.feed_forward = 4096, .is_gated = true}, kBehindHost,
                     /*device=*/0),
            5 * MiB(2) + 3 * MiB(8) + MiB(8) + kPlaces + kWanted);
}

// Whose cache is converted: 8192 keys and as many values of 1024 in F16.
TEST(RehearsalTest, ConvertsAnF32CacheOnTheHost) {
  const Layer layer = LayerOf({.feed_forward = 1024});
  const ModelShape model = {.layers = {layer, layer},
                            .embedding_elements = 1024,
                            .vocabulary_size = 1};

  EXPECT_EQ(BufferOf(model, {.layers = {0, 0}}, /*device=*/0,
                     {.sequence_length = 8192,
                      .kv_cache_type_k = "f32",
                      .kv_cache_type_v = "f32"}),
            6 * MiB(2) + 2 * MiB(16) + MiB(8) + kPlaces + kWanted);
}

TEST(RehearsalTest, NeedsNoMoreForManyLayersThanForFew) {
  const auto buffer = [](size_t layer_count) {
    const std::vector<Layer> layers(
        layer_count, LayerOf({.feed_forward = 4096, .is_gated = true}));
    return BufferOf(
        {.layers = layers, .embedding_elements = 1024, .vocabulary_size = 1},
        {.layers = std::vector<int64_t>(layer_count, 1), .output = 1},
        /*device=*/1, {.sequence_length = 8192});
  };

  EXPECT_EQ(buffer(100), buffer(4));
}

TEST(RehearsalTest, DropsTheMaskBehindTheLastAttention) {
  // The hidden results of the few tokens whose logits are wanted fit there.
  EXPECT_EQ(BufferOf({.feed_forward = 1 << 18, .is_gated = true}, kLastAlone),
            5 * MiB(2) + MiB(8) + kPlaces + kWanted);
}

TEST(RehearsalTest, HoldsAllLogitsThatADraftWants) {
  const Layer layer = LayerOf({.feed_forward = 4096, .is_gated = true});
  const ModelShape model = {.layers = {layer, layer},
                            .embedding_elements = 1024,
                            .vocabulary_size = 1 << 20};

  EXPECT_EQ(BufferOf(model, {.layers = {0, 1}, .output = 1}, /*device=*/1,
                     {.sequence_length = 8192, .outputs_per_slot = 16}),
            Bytes(16 * ((1 << 20) + 1024) * 4));
}

// The states of the first layer are gathered when the host has stored keys and
// values, so that what follows in its attention is done here.
TEST(RehearsalTest, AttendsForTheHostInFrontOfALayerThatRemembersAState) {
  const Layer attention = LayerOf({});
  const Layer convolution = {
      .kind = LayerKind::kRecurrent,
      .widths = {.recurrent = {.kind = Recurrence::kShortConvolution,
                               .inner = 1024,
                               .convolved = 1024,
                               .convolution_state = 2 * 1024}}};
  const ModelShape model = {
      .layers = {attention, attention, convolution, convolution},
      .embedding_elements = 1024,
      .vocabulary_size = 1};
  const auto buffer = [&](FlashAttention flash_attention) {
    return BufferOf(
        model, kBehindHost, /*device=*/1,
        {.sequence_length = 8192, .flash_attention = flash_attention});
  };

  // Queries, 8192 cells of 1024 keys and of as many values in F16, the mask,
  // and what the heads give.
  EXPECT_EQ(buffer(FlashAttention::kOn),
            MiB(2) + 2 * MiB(16) + MiB(8) + kPositions + MiB(2));
  // A mask of F32, numbers of values, and the scores of 16 heads in F32.
  EXPECT_EQ(buffer(FlashAttention::kOff),
            MiB(2) + 2 * MiB(16) + MiB(16) + MiB(4) + kPositions + MiB(256));
}

// Of every layer what it is told of the token, 256 floats, and all keys and
// values of the layer before that the host has cached, 16 MiB each; beside the
// stream, its norm and the queries.
TEST(RehearsalTest, TakesTheCacheThatItsLayersShareFromTheHost) {
  const Layer caching = LayerOf({.layer_inputs = 4 * 256});
  Layer sharing = caching;
  sharing.key_elements = sharing.value_elements = 0;
  const ModelShape model = {.layers = {caching, caching, sharing, sharing},
                            .embedding_elements = 1024,
                            .vocabulary_size = 1};

  EXPECT_EQ(
      BufferOf(model, kBehindHost, /*device=*/1, {.sequence_length = 8192}),
      3 * MiB(2) + 2 * (2 * MiB(16) + KiB(512)) + MiB(8) + kPositions +
          kWanted);
}

// Where the first states are is told before the text's embeddings come, so that
// those leave a gap of their own behind that of images. Beside the stream and
// the place of images there are a scan's projection, what is convolved, and the
// same with 3 tokens before.
TEST(RehearsalTest, TellsPlacesOfStatesBetweenImagesAndText) {
  const Layer scan = {.kind = LayerKind::kRecurrent,
                      .widths = {.feed_forward = 512,
                                 .recurrent = {.kind = Recurrence::kMamba2,
                                               .inner = 512,
                                               .convolved = 2048,
                                               .heads = 16,
                                               .convolution_state = 3 * 2048,
                                               .state = 512 * 16}}};
  const ModelShape model = {
      .layers = {scan, scan}, .embedding_elements = 1024, .vocabulary_size = 1};

  EXPECT_EQ(BufferOf(model, {.layers = {1, 1}, .output = 1}, /*device=*/1,
                     {.sequence_length = 8192}),
            2 * MiB(2) + KiB(2 * (512 + 2048 + 16 + 2 * 2048)) + 2 * KiB(24) +
                Bytes(512 * 8) + 3 * kWanted);
}

// What the heads gave waits until the scan has stored its states: beside that,
// the stream, the place of its norm, and the norm once more there are what is
// projected for the scan, twice what is convolved, once with 3 tokens before,
// and the gate. An element of all tokens takes 2 KiB.
TEST(RehearsalTest, KeepsAttentionWhileAScanBesideItGoesOn) {
  Layer layer = LayerOf({.recurrent = {.kind = Recurrence::kMamba2,
                                       .inner = 2048,
                                       .convolved = 4096,
                                       .heads = 16,
                                       .convolution_state = 3 * 4096,
                                       .state = 2048 * 128}});
  layer.kind = LayerKind::kHybrid;
  const ModelShape model = {.layers = {layer, layer, layer, layer},
                            .embedding_elements = 1024,
                            .vocabulary_size = 1};

  EXPECT_EQ(
      BufferOf(model, kBehindHost, /*device=*/1, {.sequence_length = 8192}),
      4 * MiB(2) + MiB(8) + kPlaces + 3 * kWanted +
          KiB(2 * (2048 + 4096 + 16 + 2 * 4096 + 2048)) + KiB(48));
}

// 16 heads of 64 elements, whose matrices take 256 KiB; two tokens before, 8.
ModelShape RwkvOf(Recurrence kind) {
  const Layer layer = {.kind = LayerKind::kRecurrent,
                       .widths = {.recurrent = {.kind = kind,
                                                .inner = 1024,
                                                .convolved = 1024,
                                                .heads = 16,
                                                .convolution_state = 2 * 1024,
                                                .state = 1024 * 64,
                                                .mixes = {.channels = 4096,
                                                          .mix = 32,
                                                          .decay = 64,
                                                          .rate = 64,
                                                          .value = 64,
                                                          .gate = 128}}}};
  return {.layers = {layer, layer, layer, layer},
          .embedding_elements = 1024,
          .vocabulary_size = 1};
}

// The host hands its tokens over twice, to be taken from each other in front of
// the states; later the stream lies there. Behind the states are the norm, five
// mixes and the 160 floats of each token that they are made of; then values,
// receptance, decay and output. The second layer needs no more.
TEST(RehearsalTest, TakesTokensFromThoseBeforeForTheHost) {
  EXPECT_EQ(BufferOf(RwkvOf(Recurrence::kRwkv6), kBehindHost, /*device=*/1,
                     {.sequence_length = 8192}),
            2 * MiB(2) + KiB(8 + 256) + MiB(2) + KiB(2 * 160) + 8 * MiB(2) +
                MiB(2) + KiB(256) + 2 * kWanted);
}

// With 64 tokens at once the stream is as wide as the matrices, 256 KiB. In the
// second layer there are the stream, its norm, five mixes, what is made of four
// of them, the output, and matrices before and after; and a gap, as the stream
// of the first came from a GPU and was added to where it lay.
TEST(RehearsalTest, AddsToTheStreamOfAGpuWhereItLies) {
  EXPECT_EQ(BufferOf(RwkvOf(Recurrence::kRwkv6), kBehindGpu, /*device=*/2,
                     {.sequence_length = 8192, .micro_batch_size = 64}),
            14 * KiB(256) + KiB(8) + KiB(256) + 2 * kWanted);
}

// The device before hands over all tokens twice, to be taken from each other,
// the stream, its norm, the first layer's values and two inputs, all four
// times; then come the states, a norm of its own, six mixes and what is made of
// them.
TEST(RehearsalTest, KeepsFourOfAllThatAnRwkvIsHandedInAPipeline) {
  const ModelShape model = RwkvOf(Recurrence::kRwkv7);
  const std::vector<size_t> kinds = KindsOf(model.layers);
  const Placement placement = {.layers = {1, 1, 1, 2}, .output = 2};
  const auto rehearsal = Rehearsal::Of(model, kinds, placement, /*device=*/2,
                                       /*is_pipelined=*/true);

  ASSERT_TRUE(rehearsal);
  EXPECT_EQ(rehearsal->BufferFor(PassOf({.sequence_length = 8192})),
            4 * (5 * MiB(2) + 2 * kWanted) + KiB(8 + 256) + MiB(2) +
                6 * MiB(2) + KiB(2 * 64) + 7 * MiB(2) + MiB(2) + KiB(256));
}

TEST(RehearsalTest, KnowsNoLayersOfAnotherOrder) {
  EXPECT_EQ(
      BufferOf({.recurrent = {.kind = Recurrence::kDeltaNet}}, kBehindHost),
      std::nullopt);
}

TEST(RehearsalTest, KnowsNothingOfADeviceWithoutLayers) {
  EXPECT_EQ(BufferOf({.feed_forward = 4096}, kBehindHost, /*device=*/2),
            std::nullopt);
}

TEST(RehearsalTest, TakesTheNormFromAGpu) {
  EXPECT_EQ(BufferOf({.feed_forward = 4096, .is_gated = true}, kBehindGpu, 2),
            2 * MiB(2) + 3 * MiB(8) + MiB(8) + kPlaces + kWanted);
}

}  // namespace
}  // namespace hwledger
