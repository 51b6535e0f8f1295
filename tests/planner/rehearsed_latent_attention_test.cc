#include "core/planner/rehearsed_latent_attention.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

// DeepSeek-V2-Lite: 16 heads of 128 elements and 64 rotated ones, latent rows
// of 512.
const Layer kLatent = {.kind = LayerKind::kLatentAttention,
                       .key_elements = 576,
                       .widths = {.query_heads = 16,
                                  .query = 16 * 576,
                                  .output = 16 * 512,
                                  .latent = 512,
                                  .unlatent = 16 * (192 + 64),
                                  .unlatent_output = 16 * 128}};

Bytes PeakOf(const EngineOptions& options) {
  const Pass pass = PassOf(options);
  DryResults results(pass.token_count);
  DryResults::Block normed = results.Take(2048);
  RehearseLatentHeads(kLatent, pass, normed, results);
  return results.peak();
}

// The norm, queries as projected and in the latent space, their rotated parts,
// and both together: 46 MiB for 512 tokens.
constexpr Bytes kQueries = MiB(4) + MiB(6) + MiB(16) + MiB(2) + MiB(18);

TEST(RehearsedLatentAttentionTest, PutsWhatHeadsGiveWhereTheirQueriesWere) {
  EXPECT_EQ(PeakOf({.sequence_length = 8192}), kQueries);
}

TEST(RehearsedLatentAttentionTest, HoldsTheScoresBesideTheQueries) {
  EXPECT_EQ(PeakOf({.sequence_length = 8192,
                    .flash_attention = FlashAttention::kOff}),
            kQueries + MiB(256));
}

TEST(RehearsedLatentAttentionTest, ConvertsAnF32CacheWhereTheQueriesWere) {
  // 9 MiB of keys and 8 of values leave no room there for the heads' 16 MiB.
  EXPECT_EQ(PeakOf({.sequence_length = 8192,
                    .kv_cache_type_k = "f32",
                    .kv_cache_type_v = "f32"}),
            kQueries + MiB(16));
}

}  // namespace
}  // namespace hwledger
