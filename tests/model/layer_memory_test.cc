#include "core/model/layer_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gguf_file.h"
#include "tests/model/shapes.h"

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;

constexpr LayerKind kFull = LayerKind::kFullAttention;
constexpr LayerKind kWindow = LayerKind::kSlidingWindow;

TEST(LayerMemoryTest, DividesTheEmbeddingAmongTheHeads) {
  EXPECT_THAT(Shape(HeaderOf("llama")).layers,
              Each(testing::AllOf(Field(&Layer::key_elements, 2 * 256 / 8),
                                  Field(&Layer::value_elements, 2 * 256 / 8))));
}

TEST(LayerMemoryTest, PrefersTheLengthOfAHeadThatTheFileNames) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.key_length"] = int64_t{128};
  header.metadata["llama.attention.value_length"] = int64_t{64};

  EXPECT_THAT(Shape(header).layers,
              Each(testing::AllOf(Field(&Layer::key_elements, 256),
                                  Field(&Layer::value_elements, 128))));
}

TEST(LayerMemoryTest, CachesAllHeadsWhereTheyAreNotGrouped) {
  GgufHeader header = HeaderOf("llama");
  header.metadata.erase("llama.attention.head_count_kv");

  EXPECT_THAT(Shape(header).layers, Each(Field(&Layer::key_elements, 256)));
}

TEST(LayerMemoryTest, GivesEachLayerItsOwnHeads) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {1, 2, 4, 8, 1, 2}};

  EXPECT_EQ(Shape(header).layers[3].key_elements, 8 * 32);
}

TEST(LayerMemoryTest, EverySixthLayerOfGemma3LooksAllTheWayBack) {
  GgufHeader header = HeaderOf("gemma3");
  header.metadata["gemma3.attention.sliding_window"] = int64_t{1024};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kWindow, kWindow, kWindow, kWindow, kWindow, kFull));
}

TEST(LayerMemoryTest, FollowsTheWindowsThatTheFileNames) {
  GgufHeader header = HeaderOf("gemma3");
  header.metadata["gemma3.attention.sliding_window"] = int64_t{1024};
  header.metadata["gemma3.attention.sliding_window_pattern"] =
      GgufArray{.length = 6, .integers = {1, 0, 0, 0, 0, 1}};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kWindow, kFull, kFull, kFull, kFull, kWindow));
}

TEST(LayerMemoryTest, NarrowsTheHeadsOfLayersWithAWindow) {
  GgufHeader header = HeaderOf("gemma4");
  header.metadata["gemma4.attention.sliding_window"] = int64_t{512};
  header.metadata["gemma4.attention.key_length"] = int64_t{64};
  header.metadata["gemma4.attention.value_length"] = int64_t{64};
  header.metadata["gemma4.attention.key_length_swa"] = int64_t{32};
  header.metadata["gemma4.attention.value_length_swa"] = int64_t{16};
  const std::vector<Layer> layers = Shape(header).layers;

  EXPECT_EQ(layers[4].key_elements, 2 * 32);
  EXPECT_EQ(layers[4].value_elements, 2 * 16);
  EXPECT_EQ(layers[4].widths.query, 8 * 32);
  EXPECT_EQ(layers[5].key_elements, 2 * 64);
  EXPECT_EQ(layers[5].widths.query, 8 * 64);
}

TEST(LayerMemoryTest, CachesNothingForLayersThatUseTheCachesOfOthers) {
  GgufHeader header = HeaderOf("gemma4");
  header.metadata["gemma4.attention.sliding_window"] = int64_t{512};
  header.metadata["gemma4.attention.shared_kv_layers"] = int64_t{2};
  const ModelShape shape = Shape(header);

  EXPECT_THAT(Kinds(shape),
              ElementsAre(kWindow, kWindow, kWindow, kWindow,
                          LayerKind::kNoCache, LayerKind::kNoCache));
  EXPECT_EQ(shape.layers[5].key_elements, 0);
  EXPECT_EQ(shape.layers[5].value_elements, 0);
}

TEST(LayerMemoryTest, EveryFourthLayerOfLlama4LooksBeyondItsChunk) {
  const ModelShape shape = Shape(HeaderOf("llama4"));

  constexpr LayerKind kChunk = LayerKind::kChunkedAttention;
  EXPECT_THAT(Kinds(shape),
              ElementsAre(kChunk, kChunk, kChunk, kFull, kChunk, kChunk));
  EXPECT_EQ(shape.layers[0].window_tokens, 8192);
}

TEST(LayerMemoryTest, CountsALayerThatPredictsFurtherTokensAndLoadsNone) {
  GgufHeader header = HeaderOf("glm4moe");
  header.metadata["glm4moe.nextn_predict_layers"] = int64_t{1};
  const int64_t before = Shape(header).parameter_count;
  header.tensors.push_back(TensorOf("blk.5.attn_q.weight", "F16", {256, 256}));

  const ModelShape shape = Shape(header);

  EXPECT_EQ(shape.parameter_count, before + 256 * 256);
  EXPECT_EQ(shape.layers[5].weights, Bytes());
  EXPECT_EQ(shape.layers[5].key_elements, 0);
  EXPECT_EQ(shape.layers[4].key_elements, 2 * 256 / 8);
}

TEST(LayerMemoryTest, IgnoresAWindowThatTheEngineIgnores) {
  GgufHeader header = HeaderOf("phi3");
  header.metadata["phi3.attention.sliding_window"] = int64_t{2047};

  EXPECT_THAT(Kinds(Shape(header)), Each(kFull));
}

TEST(LayerMemoryTest, CachesOneLatentRowForDeepSeek) {
  GgufHeader header = HeaderOf("deepseek2");
  header.metadata["deepseek2.attention.head_count_kv"] = int64_t{1};
  header.metadata["deepseek2.attention.key_length"] = int64_t{576};
  header.metadata["deepseek2.attention.value_length"] = int64_t{512};
  header.metadata["deepseek2.attention.key_length_mla"] = int64_t{192};
  header.metadata["deepseek2.attention.value_length_mla"] = int64_t{128};
  header.metadata["deepseek2.rope.dimension_count"] = int64_t{64};

  EXPECT_THAT(
      Shape(header).layers,
      Each(testing::AllOf(Field(&Layer::kind, LayerKind::kLatentAttention),
                          Field(&Layer::key_elements, 576),
                          Field(&Layer::value_elements, 0))));
}

TEST(LayerMemoryTest, CachesPerHeadForADeepSeekConvertedBeforeLatentCaches) {
  EXPECT_THAT(Kinds(Shape(HeaderOf("deepseek2"))), Each(kFull));
}

TEST(LayerMemoryTest, RemembersConvolutionAndStatesOfMamba2) {
  GgufHeader header = HeaderOf("mamba2");
  header.metadata["mamba2.ssm.conv_kernel"] = int64_t{4};
  header.metadata["mamba2.ssm.inner_size"] = int64_t{512};
  header.metadata["mamba2.ssm.state_size"] = int64_t{128};
  header.metadata["mamba2.ssm.group_count"] = int64_t{1};
  header.metadata["mamba2.ssm.time_step_rank"] = int64_t{8};

  EXPECT_THAT(Shape(header).layers,
              Each(testing::AllOf(Field(&Layer::kind, LayerKind::kRecurrent),
                                  Field(&Layer::key_elements, 0),
                                  Field(&Layer::state_elements,
                                        3 * (512 + 2 * 128) + 512 * 128))));
}

// The keys of a scan: 512 elements wide, 128 states for each, 3 tokens back.
void SetScanKeys(const std::string& architecture, GgufHeader& header) {
  const auto set = [&](std::string_view key, int64_t value) {
    header.metadata[architecture + ".ssm." + std::string(key)] = value;
  };
  set("conv_kernel", 4);
  set("inner_size", 512);
  set("state_size", 128);
  set("group_count", 1);
  set("time_step_rank", 8);
}
constexpr int64_t kScanState = 3 * (512 + 2 * 128) + 512 * 128;
constexpr LayerKind kState = LayerKind::kRecurrent;

TEST(LayerMemoryTest, PutsAttentionBesideTheStatesOfFalconH1) {
  GgufHeader header = HeaderOf("falcon-h1");
  SetScanKeys("falcon-h1", header);

  EXPECT_THAT(Shape(header).layers,
              Each(testing::AllOf(Field(&Layer::kind, LayerKind::kHybrid),
                                  Field(&Layer::key_elements, 2 * 32),
                                  Field(&Layer::state_elements, kScanState))));
}

TEST(LayerMemoryTest, GivesEveryThirdLayerOfADeltaNetAttentionIfTheFileSaysSo) {
  GgufHeader header = HeaderOf("qwen35");
  SetScanKeys("qwen35", header);
  header.metadata["qwen35.full_attention_interval"] = int64_t{3};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kState, kState, kFull, kState, kState, kFull));
  EXPECT_EQ(Shape(header).layers[0].key_elements, 0);
}

TEST(LayerMemoryTest, LeavesTheFeedForwardLayersOfNemotronHWithoutMemory) {
  GgufHeader header = HeaderOf("nemotron_h");
  SetScanKeys("nemotron_h", header);
  header.metadata["nemotron_h.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {0, 0, 2, 0, 0, 0}};
  header.metadata["nemotron_h.feed_forward_length"] =
      GgufArray{.length = 6, .integers = {0, 64, 0, 64, 0, 64}};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kState, LayerKind::kNoCache, kFull,
                          LayerKind::kNoCache, kState, LayerKind::kNoCache));
}

TEST(LayerMemoryTest, RemembersTwoTokensAndAMatrixPerHeadOfAnRwkv) {
  GgufHeader header = HeaderOf("rwkv7");
  header.metadata["rwkv7.wkv.head_size"] = int64_t{64};

  EXPECT_THAT(Shape(header).layers,
              Each(Field(&Layer::state_elements, 2 * 256 + 256 * 64)));
}

TEST(LayerMemoryTest, KnowsHowWideAnRwkvsMixesAre) {
  GgufHeader sixth = HeaderOf("rwkv6");
  sixth.metadata["rwkv6.wkv.head_size"] = int64_t{64};
  sixth.metadata["rwkv6.feed_forward_length"] = int64_t{896};
  sixth.metadata["rwkv6.time_mix_extra_dim"] = int64_t{32};
  sixth.metadata["rwkv6.time_decay_extra_dim"] = int64_t{64};
  GgufHeader seventh = HeaderOf("rwkv7");
  seventh.metadata["rwkv7.wkv.head_size"] = int64_t{64};
  seventh.metadata["rwkv7.feed_forward_length"] = int64_t{1024};
  seventh.metadata["rwkv7.attention.decay_lora_rank"] = int64_t{96};
  seventh.metadata["rwkv7.attention.iclr_lora_rank"] = int64_t{64};
  seventh.metadata["rwkv7.attention.value_residual_mix_lora_rank"] =
      int64_t{32};
  seventh.metadata["rwkv7.attention.gate_lora_rank"] = int64_t{320};

  EXPECT_EQ(Shape(sixth).layers[0].widths.recurrent.mixes,
            (MixWidths{.channels = 896, .mix = 32, .decay = 64}));
  EXPECT_EQ(Shape(seventh).layers[0].widths.recurrent.mixes,
            (MixWidths{.channels = 1024,
                       .decay = 96,
                       .rate = 64,
                       .value = 32,
                       .gate = 320}));
}

TEST(LayerMemoryTest, RemembersNothingButTheConvolutionOfAnLfm2) {
  GgufHeader header = HeaderOf("lfm2");
  header.metadata["lfm2.shortconv.l_cache"] = int64_t{3};
  header.metadata["lfm2.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {0, 2, 0, 2, 0, 2}};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kState, kFull, kState, kFull, kState, kFull));
  EXPECT_EQ(Shape(header).layers[0].state_elements, 2 * 256);
}

TEST(LayerMemoryTest, RemembersThreeConvolutionsAndAMatrixPerHeadOfKimiLinear) {
  GgufHeader header = HeaderOf("kimi-linear");
  header.metadata["kimi-linear.ssm.conv_kernel"] = int64_t{4};
  header.metadata["kimi-linear.kda.head_dim"] = int64_t{64};
  header.metadata["kimi-linear.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {0, 0, 0, 1, 0, 0}};
  header.metadata["kimi-linear.attention.key_length"] = int64_t{576};
  header.metadata["kimi-linear.attention.value_length"] = int64_t{512};
  header.metadata["kimi-linear.attention.key_length_mla"] = int64_t{192};
  header.metadata["kimi-linear.attention.value_length_mla"] = int64_t{128};
  header.metadata["kimi-linear.rope.dimension_count"] = int64_t{64};

  const ModelShape shape = Shape(header);

  EXPECT_THAT(Kinds(shape),
              ElementsAre(kState, kState, kState, LayerKind::kLatentAttention,
                          kState, kState));
  // 8 heads of 64.
  EXPECT_EQ(shape.layers[0].state_elements, 3 * 3 * 512 + 512 * 64);
  EXPECT_EQ(shape.layers[3].key_elements, 576);
}

TEST(LayerMemoryTest, TransposesValuesAsWideAsTheWidest) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {1, 2, 4, 8, 1, 0}};
  const std::vector<Layer> layers = Shape(header).layers;

  EXPECT_EQ(layers[0].value_elements, 32);
  EXPECT_EQ(layers[0].transposed_value_elements, 8 * 32);
  // Even where nothing else is cached.
  EXPECT_EQ(layers[5].key_elements, 0);
  EXPECT_EQ(layers[5].transposed_value_elements, 8 * 32);
}

}  // namespace
}  // namespace hwledger
