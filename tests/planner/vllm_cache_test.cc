#include "core/planner/vllm_cache.h"

#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

ModelShape ShapeOfEntry(std::string_view name) {
  absl::StatusOr<ModelShape> shape = ShapeOf(HeaderOf(**FindInCatalogue(name)));
  EXPECT_THAT(shape, IsOk());
  return shape.ok() ? *std::move(shape) : ModelShape{};
}

VllmCache CacheOf(const ModelShape& model, const VllmOptions& options) {
  absl::StatusOr<VllmCache> cache = VllmCacheOf(model, options);
  EXPECT_THAT(cache, IsOk());
  return cache.ok() ? *cache : VllmCache{};
}

// `query_heads` and `kv_heads` of 128 elements.
Layer Attention(int64_t query_heads, int64_t kv_heads) {
  return {.key_elements = kv_heads * 128,
          .value_elements = kv_heads * 128,
          .widths = {.query_heads = query_heads, .query = query_heads * 128}};
}

double GibibytesOf(Bytes size) {
  return static_cast<double>(size.count()) / static_cast<double>(1 << 30);
}

TEST(VllmCacheTest, HoldsSixteenTokensOfAllLayersPerBlock) {
  const VllmCache cache =
      CacheOf(ShapeOfEntry("qwen3-8b"),
              {.sequence_length = 40960, .batch_tokens_max = 2048});

  // 36 layers x 16 tokens x 2 x 8 heads x 128 elements x 2 bytes.
  EXPECT_EQ(cache.block, Bytes(2'359'296));
  // vLLM 0.9.2 on an A100: 18.69 GiB, 8505 blocks, 136,080 tokens, 3.32x.
  EXPECT_EQ(cache.TokensIn(8505), 136'080);
  EXPECT_NEAR(cache.SequencesIn(8505), 3.32, 0.005);
}

TEST(VllmCacheTest, GroupsLayersWithAndWithoutAWindow) {
  // Gemma 3 27B: 10 of 62 layers attend to everything, the others to 1024.
  ModelShape model;
  for (int i = 0; i < 62; ++i) {
    Layer layer = Attention(32, 16);
    if (i % 6 != 5) {
      layer.kind = LayerKind::kSlidingWindow;
      layer.window_tokens = 1024;
    }
    model.layers.push_back(layer);
  }

  const VllmCache cache =
      CacheOf(model, {.sequence_length = 4096, .batch_tokens_max = 8192});

  // 10 layers without a window, and 52 with one in groups of 10.
  EXPECT_EQ(cache.group_count, 1 + 6);
  // 256 blocks without a window, 256 + 1 with it.
  EXPECT_EQ(cache.blocks_per_sequence, 256 + 6 * 257);
  // vLLM 0.11: 109.86 GiB, 89,994 blocks, 205,696 tokens, 50.05x.
  EXPECT_NEAR(GibibytesOf(89'994 * cache.block), 109.86, 0.005);
  EXPECT_EQ(cache.TokensIn(89'994), 205'696);
  EXPECT_NEAR(cache.SequencesIn(89'994), 50.05, 0.005);
}

TEST(VllmCacheTest, KeepsAWindowAndOneBatch) {
  const VllmCache cache =
      CacheOf(ShapeOfEntry("gpt-oss-20b"),
              {.sequence_length = 131072, .batch_tokens_max = 2048});

  // 12 layers of each kind. 127 + 2048 tokens are 136 blocks, and one more.
  EXPECT_EQ(cache.group_count, 2);
  EXPECT_EQ(cache.blocks_per_sequence, 131072 / 16 + 137);
}

TEST(VllmCacheTest, KeepsTheWholeLatentRowOnEveryDevice) {
  ModelShape model = ShapeOfEntry("deepseek-v2-lite");
  const VllmOptions options = {.sequence_length = 32768,
                               .tensor_parallel_size = 2,
                               .batch_tokens_max = 2048};

  // vLLM 0.8.3, issue 15871: 0.95 GiB for 32768 tokens of 27 layers.
  EXPECT_NEAR(GibibytesOf(CacheOf(model, options).per_sequence()), 0.95, 0.005);
  // vLLM 0.9, pull request 20665, 2 x 2 devices: 14 layers have 12.13 GiB,
  // which is 807,792 tokens.
  model.layers.resize(14);
  const VllmCache cache = CacheOf(model, options);
  EXPECT_NEAR(GibibytesOf(807'792 / 16 * cache.block), 12.13, 0.005);
}

TEST(VllmCacheTest, TakesHalfInFp8) {
  const VllmCache cache =
      CacheOf(ShapeOfEntry("qwen3-30b-a3b"), {.sequence_length = 100'000,
                                              .batch_tokens_max = 2048,
                                              .fp8_kv_cache = true});

  // vLLM issue 25350: 10.55 GiB are 230,528 tokens, 2.31x.
  EXPECT_NEAR(GibibytesOf(230'528 / 16 * cache.block), 10.55, 0.005);
  EXPECT_NEAR(cache.SequencesIn(230'528 / 16), 2.31, 0.005);
}

TEST(VllmCacheTest, RepeatsKvHeadsOnMoreDevicesThanThereAre) {
  const ModelShape model = {.layers = {Attention(32, 4)}};
  const auto block = [&model](int64_t devices) {
    return CacheOf(model, {.sequence_length = 16,
                           .tensor_parallel_size = devices,
                           .batch_tokens_max = 2048})
        .block;
  };

  // 16 tokens x 2 x 128 elements x 2 bytes for each head.
  EXPECT_EQ(block(1), Bytes(4 * 8192));
  EXPECT_EQ(block(4), Bytes(8192));
  EXPECT_EQ(block(8), Bytes(8192));
}

TEST(VllmCacheTest, GrowsBlocksPastARecurrentState) {
  const VllmCache cache =
      CacheOf(ShapeOfEntry("granite-4.0-h-tiny"),
              {.sequence_length = 8192, .batch_tokens_max = 2048});

  // The state is 3 x (3072 + 2 x 128) + 3072 x 128 elements, 806,400 bytes. 16
  // tokens of attention are 32,768, and 25 times that is more.
  // vLLM logs for Granite 4: 400 tokens, the state padded by 1.59 %.
  EXPECT_EQ(cache.block_tokens, 25 * 16);
  // 4 layers attend, 36 have a state.
  EXPECT_EQ(cache.group_count, 1 + 9);
  EXPECT_EQ(cache.block, 4 * (25 * Bytes(32'768)));
  EXPECT_EQ(cache.blocks_per_sequence, 21 + 9);
}

TEST(VllmCacheTest, KeepsOneStatePerSequenceWithoutAttention) {
  const ModelShape model = ShapeOfEntry("mamba2-2.7b");
  const VllmCache cache =
      CacheOf(model, {.sequence_length = 100'000, .batch_tokens_max = 2048});

  EXPECT_EQ(cache.blocks_per_sequence, 1);
  // Half of libllama's 171,900,928 bytes, which are 32 bits.
  EXPECT_EQ(cache.per_sequence(), Bytes(171'900'928 / 2));
}

}  // namespace
}  // namespace hwledger
