#include "core/planner/compute_buffer.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

// Llama 3.1 8B: 32 heads over 8 of 128 elements.
constexpr Layer kLlama = {.key_elements = 1024,
                          .value_elements = 1024,
                          .widths = {.query_heads = 32,
                                     .query = 4096,
                                     .output = 4096,
                                     .feed_forward = 14336,
                                     .is_gated = true}};
constexpr int64_t kLlamaEmbedding = 4096;
constexpr int64_t kLlamaVocabulary = 128'256;

Bytes LlamaBuffer(const EngineOptions& options) {
  const LayerGroup group = {.layer = &kLlama, .layer_count = 32};
  return ComputeBuffer({&group, 1}, kLlamaEmbedding, kLlamaVocabulary, {},
                       PassOf(options));
}

TEST(ComputeBufferTest, HoldsTheFeedForwardPartAndTheMask) {
  const Bytes buffer = LlamaBuffer({.sequence_length = 8192});

  // 512 tokens x (3 x 14336 + 5 x 4096) floats, and 512 x 8192 F16 of mask.
  EXPECT_EQ(buffer, 512 * 63'488 * Bytes(4) + MiB(8));
}

TEST(ComputeBufferTest, HoldsAllScoresWithoutFlashAttention) {
  const Bytes buffer = LlamaBuffer(
      {.sequence_length = 8192, .flash_attention = FlashAttention::kOff});

  // Scores 8192 x 32; queries 4096, 5 x 4096 around them; the mask is F32, and
  // each of 1024 values has the number of its place, 8 bytes.
  EXPECT_EQ(buffer,
            512 * (262'144 + 4096 + 20'480) * Bytes(4) + MiB(16) + MiB(4));
}

TEST(ComputeBufferTest, KeepsWhatAttentionGaveBesideTheFeedForwardPart) {
  // Falcon 7B: 71 heads of 64 elements, of which one has keys and values.
  const Layer falcon = {.key_elements = 64,
                        .value_elements = 64,
                        .widths = {.query_heads = 71,
                                   .query = 4544,
                                   .output = 4544,
                                   .feed_forward = 18'176,
                                   .is_parallel = true}};
  const LayerGroup group = {.layer = &falcon, .layer_count = 32};
  EngineOptions options = {.sequence_length = 8192};
  const auto buffer = [&] {
    return ComputeBuffer({&group, 1}, 4544, 0, {}, PassOf(options));
  };

  // A sixth copy of the residual stream: its rotation gives a quantized cache
  // room for it.
  EXPECT_EQ(buffer(), 512 * (18'176 + 6 * 4544) * Bytes(4) + MiB(8));
  options.kv_cache_type_k = "q8_0";
  EXPECT_EQ(buffer(), 512 * (18'176 + 5 * 4544) * Bytes(4) + MiB(8));
}

TEST(ComputeBufferTest, HoldsTheInputsOfAllLayersAndTheGapBesideThem) {
  // Gemma 4 E4B: 42 layers with an input of 256 elements each.
  const Layer gemma = {.key_elements = 1024,
                       .value_elements = 1024,
                       .widths = {.query_heads = 8,
                                  .query = 2048,
                                  .output = 2048,
                                  .feed_forward = 10'240,
                                  .is_gated = true,
                                  .layer_inputs = 42 * 256}};
  const LayerGroup group = {.layer = &gemma, .layer_count = 42};

  // The gap takes one of the three results of the feed-forward part.
  EXPECT_EQ(ComputeBuffer({&group, 1}, 2560, 0, {},
                          PassOf({.sequence_length = 8192})),
            512 * (2 * 10'752 + 2 * 10'240 + 5 * 2560) * Bytes(4) + MiB(8));
}

// Qwen3.5 4B, whose gate stays: the queries twice, the gate, 16 MiB of keys and
// as many of values in F16, and what the heads give.
TEST(ComputeBufferTest, HoldsWhatHeadsGiveBesideAConvertedCacheAndAGate) {
  const Layer qwen = {.key_elements = 1024,
                      .value_elements = 1024,
                      .widths = {.query_heads = 16,
                                 .query = 4096,
                                 .output = 4096,
                                 .query_gate = 4096}};
  const LayerGroup group = {.layer = &qwen, .layer_count = 8};

  EXPECT_EQ(ComputeBuffer({&group, 1}, 2560, 0, {},
                          PassOf({.sequence_length = 8192,
                                  .kv_cache_type_k = "f32",
                                  .kv_cache_type_v = "f32"})),
            512 * (4 * 4096 + 5 * 2560) * Bytes(4) + 2 * MiB(16) + MiB(8));
}

TEST(ComputeBufferTest, HoldsTheLogitsOfOneTokenPerSequence) {
  const Bytes buffer = LlamaBuffer(
      {.sequence_length = 8192, .slot_count = 8, .micro_batch_size = 8});

  // 8 x (128256 + 5 x 4096) floats, and 8 x 65536 F16 of mask.
  EXPECT_EQ(buffer, 8 * 148'736 * Bytes(4) + MiB(1));
}

Bytes BufferOf(const Layer& layer, int64_t layer_count, int64_t embedding) {
  const LayerGroup group = {.layer = &layer, .layer_count = layer_count};
  return ComputeBuffer({&group, 1}, embedding, /*vocabulary=*/0, {},
                       PassOf({.sequence_length = 8192}));
}

TEST(ComputeBufferTest, HoldsGateValueAndProductOfEachExpertInUse) {
  // Mixtral 8x7B: 2 experts.
  Layer layer = kLlama;
  layer.widths.feed_forward = 0;
  layer.widths.experts_used = 2;
  layer.widths.expert_feed_forward = 14336;
  layer.widths.has_gated_experts = true;

  EXPECT_EQ(BufferOf(layer, 32, 4096),
            512 * (3 * 2 * 14336 + 5 * 4096) * Bytes(4) + MiB(8));
}

TEST(ComputeBufferTest, HoldsTheResultsOfExpertsThatAreNarrow) {
  // Qwen3 30B-A3B: 8 experts, whose results of 2048 elements are wider than
  // gate and value of 768 each.
  Layer layer = {.key_elements = 512,
                 .value_elements = 512,
                 .widths = {.query_heads = 32,
                            .query = 4096,
                            .output = 4096,
                            .experts_used = 8,
                            .expert_feed_forward = 768,
                            .has_gated_experts = true}};

  EXPECT_EQ(BufferOf(layer, 48, 2048),
            512 * (8 * (3 * 768 + 2048) + 5 * 2048) * Bytes(4) + MiB(8));
}

TEST(ComputeBufferTest, HoldsTheInputsOfExpertsThatAreWeighted) {
  // Llama 4: one expert beside the one that all tokens pass.
  Layer layer = {.key_elements = 1024,
                 .value_elements = 1024,
                 .widths = {.query_heads = 40,
                            .query = 5120,
                            .output = 5120,
                            .experts_used = 1,
                            .expert_feed_forward = 8192,
                            .shared_feed_forward = 8192,
                            .weighs_expert_inputs = true,
                            .has_gated_experts = true}};

  EXPECT_EQ(BufferOf(layer, 48, 5120),
            512 * (3 * 8192 + 5120 + 5 * 5120) * Bytes(4) + MiB(8));
}

TEST(ComputeBufferTest, HoldsWhatAnIndexerChooses) {
  Layer layer = {.kind = LayerKind::kLatentAttention,
                 .key_elements = 576,
                 .widths = {.query_heads = 128,
                            .query = 128 * 576,
                            .output = 128 * 512,
                            .latent = 512,
                            .unlatent = 128 * 192}};
  const Bytes without = BufferOf(layer, 61, 7168);
  layer.index_elements = 128;
  layer.widths.index_top = 2048;

  // DeepSeek V3.2: a second mask, zeros for the cells chosen in each layer and
  // the matrix that rotates.
  EXPECT_EQ(BufferOf(layer, 61, 7168) - without,
            MiB(8) + 61 * MiB(4) + Bytes(4 * 128 * 128));
}

TEST(ComputeBufferTest, GivesEachSequenceAsManyTokensOfAMicroBatch) {
  EXPECT_EQ(
      PassOf({.sequence_length = 1000, .slot_count = 3, .micro_batch_size = 64})
          .token_count,
      66);
}

TEST(ComputeBufferTest, NeedsNoMoreTokensThanTheSequencesHave) {
  EXPECT_EQ(PassOf({.sequence_length = 3}).token_count, 3);
}

TEST(ComputeBufferTest, SaturatesForAModelOfAbsurdSize) {
  constexpr int64_t huge = int64_t{1} << 40;
  const Layer layer = {
      .key_elements = huge,
      .value_elements = huge,
      .widths = {
          .query_heads = int64_t{1} << 20, .query = huge, .output = huge}};
  const LayerGroup group = {.layer = &layer, .layer_count = 512};

  EXPECT_EQ(ComputeBuffer({&group, 1}, 1 << 20, 1 << 28, {},
                          PassOf({.sequence_length = 2'000'000'000,
                                  .flash_attention = FlashAttention::kOff,
                                  .micro_batch_size = 65'536})),
            Bytes::Max());
}

TEST(ComputeBufferTest, HoldsEveryInputFourTimesInAPipeline) {
  const LayerGroup group = {.layer = &kLlama, .layer_count = 32};
  const auto buffer = [&](Feed feed, FlashAttention flash_attention) {
    return ComputeBuffer(
        {&group, 1}, kLlamaEmbedding, kLlamaVocabulary, {.feed = feed},
        PassOf({.sequence_length = 8192, .flash_attention = flash_attention}));
  };

  // The mask; the places of values too.
  EXPECT_EQ(buffer(Feed::kPipeline, FlashAttention::kOn) -
                buffer(Feed::kStart, FlashAttention::kOn),
            3 * MiB(8));
  EXPECT_EQ(buffer(Feed::kPipeline, FlashAttention::kOff) -
                buffer(Feed::kStart, FlashAttention::kOff),
            3 * (MiB(16) + MiB(4)));
}

TEST(ComputeBufferTest, HoldsQueriesTwiceBesideAResidualStreamHandedOver) {
  const LayerGroup group = {.layer = &kLlama, .layer_count = 9};
  const auto buffer = [&](int64_t residuals) {
    return ComputeBuffer({&group, 1}, kLlamaEmbedding, kLlamaVocabulary,
                         {.feed = Feed::kHandover, .residuals = residuals},
                         PassOf({.sequence_length = 8192,
                                 .flash_attention = FlashAttention::kOff}));
  };
  const Bytes inputs = MiB(16) + MiB(4);

  EXPECT_EQ(buffer(2), 512 * (262'144 + (2 + 2) * 4096) * Bytes(4) + inputs);
  // As wide as the residual stream they go where more of it was handed over,
  // but for one.
  EXPECT_EQ(buffer(3), buffer(2));
  EXPECT_EQ(buffer(5), 512 * (262'144 + (5 + 1) * 4096) * Bytes(4) + inputs);
}

TEST(ComputeBufferTest, FeedsOnlyTheWantedTokensForwardInTheLastLayerAlone) {
  const LayerGroup group = {.layer = &kLlama, .layer_count = 1};

  // The residual stream, its norm, and queries before and after rotation.
  EXPECT_EQ(
      ComputeBuffer(
          {&group, 1}, kLlamaEmbedding, 0,
          {.feed = Feed::kHandover, .residuals = 2, .feeds_forward = false},
          PassOf({.sequence_length = 8192})),
      512 * 4 * 4096 * Bytes(4) + MiB(8));
}

TEST(ComputeBufferTest, PutsTheGateWhereExpertsWereHandedOver) {
  // Qwen3 30B-A3B: of 9 residuals four are in use; the other five take the
  // gate, 8 x 768, of three hidden results.
  const Layer layer = {.key_elements = 512,
                       .value_elements = 512,
                       .widths = {.query_heads = 32,
                                  .query = 4096,
                                  .output = 4096,
                                  .experts_used = 8,
                                  .expert_feed_forward = 768,
                                  .has_gated_experts = true}};
  const LayerGroup group = {.layer = &layer, .layer_count = 8};

  EXPECT_EQ(ComputeBuffer({&group, 1}, 2048, 0,
                          {.feed = Feed::kHandover, .residuals = 9},
                          PassOf({.sequence_length = 8192})),
            512 * (2 * 8 * 768 + 8 * 2048 + 9 * 2048) * Bytes(4) + MiB(8));
}

TEST(InputBufferTest, HoldsTheEmbeddedTokensAndTheMask) {
  const LayerGroup group = {.layer = &kLlama, .layer_count = 32};

  EXPECT_EQ(InputBuffer({&group, 1}, kLlamaEmbedding, {.residuals = 4},
                        PassOf({.sequence_length = 8192})),
            512 * 4 * 4096 * Bytes(4) + MiB(8));
}

TEST(InputBufferTest, HoldsThePlacesOfValuesForEachKindOfCache) {
  Layer window = kLlama;
  window.window_tokens = 1024;
  const LayerGroup groups[] = {{.layer = &kLlama, .layer_count = 16},
                               {.layer = &window, .layer_count = 16}};

  // Masks of 8192 and 1024 + 512 cells, F32; 512 x 1024 places twice.
  EXPECT_EQ(InputBuffer(groups, kLlamaEmbedding, {.residuals = 4},
                        PassOf({.sequence_length = 8192,
                                .flash_attention = FlashAttention::kOff})),
            512 * 4 * 4096 * Bytes(4) + MiB(16) + MiB(3) + 2 * MiB(4));
}

TEST(OutputBufferTest, HoldsTheLogitsOfEverySequence) {
  const Pass pass = PassOf({.sequence_length = 4096, .slot_count = 4});

  EXPECT_EQ(OutputBuffer(kLlamaVocabulary, pass), Bytes(4 * 128'256 * 4));
}

}  // namespace
}  // namespace hwledger
