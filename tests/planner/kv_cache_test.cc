#include "core/planner/kv_cache.h"

#include <gtest/gtest.h>

#include <vector>

namespace hwledger {
namespace {

EngineOptions OfLength(int64_t tokens) { return {.sequence_length = tokens}; }

EngineOptions OfLength(int64_t tokens, const char* type) {
  return {.sequence_length = tokens,
          .kv_cache_type_k = type,
          .kv_cache_type_v = type};
}

Bytes CacheOf(const Layer& layer, const EngineOptions& options) {
  return KvCache(layer, CacheLayoutOf(options));
}

// Llama 3.1 8B: 32 layers of 8 heads x 128 elements.
constexpr Layer kLlama = {.key_elements = 1024, .value_elements = 1024};

// Gemma 3 12B: 48 layers of 8 heads x 256 elements; 5 of 6 look back 1024.
constexpr Layer kGemma = {.key_elements = 2048, .value_elements = 2048};
constexpr Layer kGemmaWindow = {.kind = LayerKind::kSlidingWindow,
                                .key_elements = 2048,
                                .value_elements = 2048,
                                .window_tokens = 1024};

TEST(KvCacheTest, HoldsAKeyAndAValueForEachTokenOfAFullLayer) {
  const Bytes per_8192 = CacheOf(kLlama, OfLength(8192));

  // 2 x 1024 elements x 2 bytes; 32 layers take 131,072 bytes per token.
  EXPECT_EQ(32 * per_8192, 8192 * Bytes(131'072));
}

TEST(KvCacheTest, PadsTheTokensTo256Cells) {
  EXPECT_EQ(CacheOf(kLlama, OfLength(1)), 256 * Bytes(4096));
  EXPECT_EQ(CacheOf(kLlama, OfLength(256)), 256 * Bytes(4096));
  EXPECT_EQ(CacheOf(kLlama, OfLength(257)), 512 * Bytes(4096));
}

TEST(KvCacheTest, CountsTheScalesOfQuantizedBlocks) {
  // 34 bytes hold what 64 bytes of F16 hold: 17/32 of 1024 MiB.
  EXPECT_EQ(32 * CacheOf(kLlama, OfLength(8192, "q8_0")), MiB(544));
}

TEST(KvCacheTest, StoresTransposedValuesAsWideAsTheWidest) {
  const Layer narrow = {.key_elements = 1024,
                        .value_elements = 1024,
                        .transposed_value_elements = 2048};
  EngineOptions options = OfLength(256);
  EXPECT_EQ(CacheOf(narrow, options), 256 * 2 * Bytes(1024 + 1024));
  options.flash_attention = FlashAttention::kOff;

  EXPECT_EQ(CacheOf(narrow, options), 256 * 2 * Bytes(1024 + 2048));
}

TEST(KvCacheTest, KeepsOneLatentRowPerTokenAndLayer) {
  // DeepSeek V3 and V2-Lite: 512 latent and 64 rotated elements.
  const Layer latent = {.kind = LayerKind::kLatentAttention,
                        .key_elements = 576};

  EXPECT_EQ(61 * CacheOf(latent, OfLength(8192)), 8192 * Bytes(70'272));
  EXPECT_EQ(27 * CacheOf(latent, OfLength(8192)), Bytes(254'803'968));
}

TEST(KvCacheTest, CachesWhatAnIndexerLooksAtInTheTypeOfKeys) {
  // DeepSeek V3.2: 128 elements beside the latent row.
  const Layer indexed = {.kind = LayerKind::kLatentAttention,
                         .key_elements = 576,
                         .index_elements = 128};

  EXPECT_EQ(61 * CacheOf(indexed, OfLength(8192)), 8192 * Bytes(85'888));
  EXPECT_EQ(61 * CacheOf(indexed, OfLength(8192, "q8_0")),
            8192 * Bytes(85'888 * 17 / 32));
}

TEST(KvCacheTest, HasValuesOfOneLengthWithoutFlashAttention) {
  // MiMo V2 Flash: 4 heads x (192 + 128) where a layer looks all the way back;
  // 8 heads in the others.
  const Layer layer = {.key_elements = 768,
                       .value_elements = 512,
                       .transposed_value_elements = 1024};
  EngineOptions options = OfLength(8192);
  EXPECT_EQ(CacheOf(layer, options), 8192 * Bytes(2 * (768 + 512)));
  options.flash_attention = FlashAttention::kOff;

  EXPECT_EQ(CacheOf(layer, options), 8192 * Bytes(2 * (768 + 1024)));
}

TEST(KvCacheTest, LimitsALayerWithAWindowToItAndOneMicroBatch) {
  EngineOptions options = OfLength(32768);
  const Bytes windowed =
      8 * CacheOf(kGemma, options) + 40 * CacheOf(kGemmaWindow, options);
  options.swa_full = true;
  const Bytes full =
      8 * CacheOf(kGemma, options) + 40 * CacheOf(kGemmaWindow, options);

  // 8 x 32768 cells and 40 x (1024 + 512) cells of 8 KiB.
  EXPECT_EQ(windowed, MiB(2528));
  EXPECT_EQ(full, MiB(12288));
}

TEST(KvCacheTest, PadsAWindowTo256Cells) {
  // gpt-oss-20b: 12 layers full, 12 that look back 128, 8 heads x 64 elements.
  const Layer full = {.key_elements = 512, .value_elements = 512};
  Layer windowed = full;
  windowed.window_tokens = 128;

  // 12 x (8192 + 768) cells of 2 KiB: 128 + 512 is padded to 768.
  EXPECT_EQ(12 * CacheOf(full, OfLength(8192)) +
                12 * CacheOf(windowed, OfLength(8192)),
            Bytes(220'200'960));
}

TEST(KvCacheTest, KeepsARecurrentStateOfTheSameSizeForAnyLength) {
  // Mamba-2 2.7B: convolution 3 x (5120 + 2 x 128), states 5120 x 128.
  const Layer recurrent = {.kind = LayerKind::kRecurrent,
                           .state_elements = 3 * 5376 + 5120 * 128};

  EXPECT_EQ(64 * CacheOf(recurrent, OfLength(1)), Bytes(171'900'928));
  EXPECT_EQ(64 * CacheOf(recurrent, OfLength(8192)), Bytes(171'900'928));
}

TEST(KvCacheTest, KeepsARecurrentStateForEachSequence) {
  const Layer recurrent = {.kind = LayerKind::kRecurrent,
                           .state_elements = 1000};

  EXPECT_EQ(CacheOf(recurrent, {.sequence_length = 1, .slot_count = 8}),
            Bytes(32'000));
}

TEST(KvCacheTest, PadsASharedCacheOnceAndSeparateOnesEach) {
  EngineOptions options = {.sequence_length = 100, .slot_count = 4};
  const Bytes shared = CacheOf(kLlama, options);
  options.kv_unified = false;
  const Bytes separate = CacheOf(kLlama, options);

  EXPECT_EQ(shared, 512 * Bytes(4096));        // pad256(400)
  EXPECT_EQ(separate, 4 * 256 * Bytes(4096));  // 4 x pad256(100)
}

TEST(KvCacheTest, KeepsTheWindowOfEverySequenceThatSharesTheCache) {
  EngineOptions options = {.sequence_length = 32768, .slot_count = 4};
  const Bytes shared = CacheOf(kGemmaWindow, options);
  options.kv_unified = false;
  const Bytes separate = CacheOf(kGemmaWindow, options);

  EXPECT_EQ(shared, (4 * 1024 + 512) * Bytes(8192));
  EXPECT_EQ(separate, 4 * ((1024 + 512) * Bytes(8192)));
}

TEST(KvCacheTest, NeverShrinksWithALongerSequence) {
  for (const Layer& layer : {kLlama, kGemma, kGemmaWindow}) {
    Bytes before;
    for (int64_t tokens = 1; tokens < 10'000; tokens += 77) {
      const Bytes now = CacheOf(layer, OfLength(tokens));
      EXPECT_GE(now, before) << tokens;
      before = now;
    }
  }
}

TEST(TokensThatFillCellsTest, AreTheMostThatDoNotNeedMoreCells) {
  for (const bool kv_unified : {true, false}) {
    for (int64_t tokens = 1; tokens < 2000; tokens += 7) {
      EngineOptions options = {
          .sequence_length = tokens, .slot_count = 3, .kv_unified = kv_unified};
      const int64_t filling = TokensThatFillCells(options);
      const auto cells_for = [&options](int64_t length) {
        options.sequence_length = length;
        return CacheLayoutOf(options).cells_per_stream;
      };

      EXPECT_LE(filling, tokens);
      EXPECT_LT(cells_for(filling), cells_for(filling + 1));
      EXPECT_EQ(cells_for(filling + 1),
                cells_for(tokens + (filling == tokens)));
    }
  }
}

}  // namespace
}  // namespace hwledger
