#include "core/planner/mlx_memory.h"

#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

ModelShape ShapeOfEntry(std::string_view name) {
  return *ShapeOf(HeaderOf(**FindInCatalogue(name)));
}

MlxOptions OfLength(int64_t tokens, int64_t kv_bits = 0) {
  return {.load = {.sequence_length = tokens}, .kv_bits = kv_bits};
}

TEST(MlxMemoryTest, GrowsTheCacheBy256Tokens) {
  const ModelShape llama = ShapeOfEntry("llama-3.1-8b");

  // 131,072 bytes per token.
  EXPECT_EQ(MlxCache(llama, OfLength(1)), MiB(32));
  EXPECT_EQ(MlxCache(llama, OfLength(256)), MiB(32));
  EXPECT_EQ(MlxCache(llama, OfLength(257)), MiB(64));
}

TEST(MlxMemoryTest, CountsTheScalesOfAQuantizedCache) {
  const ModelShape llama = ShapeOfEntry("llama-3.1-8b");

  // 64 elements take 128 bytes; in 8 bits 64 and in 4 bits 32, each with a
  // scale and a bias of 2 bytes.
  EXPECT_EQ(MlxCache(llama, OfLength(8192)), MiB(1024));
  EXPECT_EQ(MlxCache(llama, OfLength(8192, 8)), MiB(1024 * 68 / 128));
  EXPECT_EQ(MlxCache(llama, OfLength(8192, 4)), MiB(1024 * 36 / 128));
}

TEST(MlxMemoryTest, DoesNotQuantizeARotatingCache) {
  // gpt-oss-20b: 12 layers attend to everything, 12 to 128 tokens; 2 x 8 heads
  // x 64 elements.
  const ModelShape model = ShapeOfEntry("gpt-oss-20b");

  EXPECT_EQ(MlxCache(model, OfLength(8192)), 2048 * Bytes(12 * (8192 + 128)));
  EXPECT_EQ(MlxCache(model, OfLength(8192, 8)),
            2048 / 128 * Bytes(68 * 12 * 8192) + 2048 * Bytes(12 * 128));
}

TEST(MlxMemoryTest, CachesTheLatentRowOfDeepSeek) {
  // 61 layers x 576 elements x 2 bytes per token.
  EXPECT_EQ(MlxCache(ShapeOfEntry("deepseek-v3"), OfLength(1024)),
            1024 * Bytes(70'272));
}

TEST(MlxMemoryTest, ReadsAPromptInSteps) {
  const ModelShape llama = ShapeOfEntry("llama-3.1-8b");

  // 2048 x (2 x 4096 + 3 x 14336) elements x 2 bytes.
  EXPECT_EQ(MlxActivations(llama, OfLength(2048)).expected, MiB(200));
  EXPECT_EQ(MlxActivations(llama, OfLength(65536)).expected, MiB(200));
}

TEST(MlxMemoryTest, TakesTheBytesOfTheQuantizedWeights) {
  const GgufHeader header = HeaderOf(**FindInCatalogue("llama-3.1-8b"));
  const absl::StatusOr<RuntimeMemory> memory = MlxMemoryOf(
      *ShapeOf(header),
      WeightsIn(header, {.precision = WeightPrecision::kMlx4}), OfLength(8192));

  ASSERT_THAT(memory, IsOk());
  // 8,029,995,008 weights x 4.5 bits, and norms of 266,240 x 2 bytes.
  EXPECT_EQ(memory->parts[0].size, Exactly(Bytes(4'517'404'672)));
  EXPECT_EQ(memory->parts[1].size, Exactly(GiB(1)));
}

TEST(MlxMemoryTest, NamesTheOptionThatIsWrong) {
  const ModelShape model = ShapeOfEntry("llama-3.2-1b");
  const auto field = [&model](const MlxOptions& options) {
    return FieldOf(MlxMemoryOf(model, {}, options).status());
  };

  EXPECT_EQ(field({}), "sequence_length");
  EXPECT_EQ(field(OfLength(1, /*kv_bits=*/1)), "kv_bits");
  EXPECT_EQ(field({.load = {.sequence_length = 1}, .kv_group_elements = 0}),
            "kv_group_size");
  EXPECT_EQ(field({.load = {.sequence_length = 1}, .prompt_step = 0}),
            "prefill_step_size");
}

}  // namespace
}  // namespace hwledger
