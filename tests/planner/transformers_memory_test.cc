#include "core/planner/transformers_memory.h"

#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

ModelShape ShapeOfEntry(std::string_view name) {
  return *ShapeOf(HeaderOf(**FindInCatalogue(name)));
}

TEST(TransformersMemoryTest, CachesEveryTokenWithoutPadding) {
  const ModelShape llama = ShapeOfEntry("llama-3.1-8b");

  // 131,072 bytes per token.
  EXPECT_EQ(TransformersCache(llama, {.sequence_length = 1}), Bytes(131'072));
  EXPECT_EQ(
      TransformersCache(llama, {.sequence_length = 1001, .sequence_count = 3}),
      3 * (1001 * Bytes(131'072)));
}

TEST(TransformersMemoryTest, CachesAWindowWithoutItsLastToken) {
  // Gemma 3 12B: 8 of 48 layers attend to everything, 40 to 1024 tokens; each
  // has 2 x 8 heads x 256 elements.
  EXPECT_EQ(TransformersCache(ShapeOfEntry("gemma-3-12b"),
                              {.sequence_length = 32768}),
            8192 * Bytes(8 * 32768 + 40 * 1023));
}

TEST(TransformersMemoryTest, CachesLatentAttentionPerHead) {
  // DeepSeek-V2-Lite: 16 heads with keys of 128 + 64 elements and values of
  // 128, in 27 layers: 8.9 times the 576 elements that others cache.
  EXPECT_EQ(TransformersCache(ShapeOfEntry("deepseek-v2-lite"),
                              {.sequence_length = 1}),
            Bytes(27 * 16 * (192 + 128) * 2));
}

TEST(TransformersMemoryTest, KeepsTheScoresOfEagerAttention) {
  const ModelShape llama = ShapeOfEntry("llama-3.1-8b");
  const RuntimeLoad load = {.sequence_length = 4096};
  const MemoryRange sdpa = TransformersActivations(llama, {.load = load});
  const MemoryRange eager =
      TransformersActivations(llama, {.load = load, .eager_attention = true});

  // 32 heads x 4096 x 4096 scores x 8 bytes.
  EXPECT_GT(eager.expected, sdpa.expected + GiB(4) - MiB(64));
  EXPECT_LT(eager.expected, sdpa.expected + GiB(4) + MiB(64));
}

TEST(TransformersMemoryTest, KeepsTheLogitsOfOneToken) {
  const ModelShape llama = ShapeOfEntry("llama-3.1-8b");
  const RuntimeLoad load = {.sequence_length = 8192};
  const MemoryRange last = TransformersActivations(llama, {.load = load});
  const MemoryRange all =
      TransformersActivations(llama, {.load = load, .logits_of_prompt = true});

  // 8192 x (2 x 4096 + 3 x 14336) elements x 2 bytes, and a copy of one layer's
  // 8192 x 4096 bytes of cache.
  EXPECT_EQ(last.expected, MiB(800 + 32));
  // 8192 x 128,256 logits x 6 bytes.
  EXPECT_EQ(all.expected, 8192 * Bytes(128'256 * 6) + MiB(32));
}

TEST(TransformersMemoryTest, AddsUpItsParts) {
  const GgufHeader header = HeaderOf(**FindInCatalogue("llama-3.2-1b"));
  const absl::StatusOr<RuntimeMemory> memory =
      TransformersMemoryOf(*ShapeOf(header), WeightsIn(header, {}),
                           {.load = {.sequence_length = 2048}});

  ASSERT_THAT(memory, IsOk());
  // 1,235,814,400 parameters; 32,768 bytes of cache per token.
  ASSERT_EQ(memory->parts.size(), 4U);
  EXPECT_EQ(memory->parts[0].size, Exactly(Bytes(2'471'628'800)));
  EXPECT_EQ(memory->parts[1].size, Exactly(MiB(64)));
  EXPECT_LT(memory->total().low, memory->total().expected);
  EXPECT_LT(memory->total().expected, memory->total().high);
}

TEST(TransformersMemoryTest, NamesTheOptionThatIsWrong) {
  const ModelShape model = ShapeOfEntry("llama-3.2-1b");
  const auto field = [&model](const TransformersOptions& options) {
    return FieldOf(TransformersMemoryOf(model, {}, options).status());
  };

  EXPECT_EQ(field({}), "sequence_length");
  EXPECT_EQ(field({.load = {.sequence_length = 1, .sequence_count = -1}}),
            "batch_size");
  EXPECT_EQ(field({.load = {.sequence_length = 1}, .prompt_tokens = 2}),
            "prompt_tokens");
}

}  // namespace
}  // namespace hwledger
