#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/hf_header.h"
#include "nlohmann/json.hpp"
#include "tests/model/hf_configs.h"
#include "tests/status_matchers.h"

// What only some families of models have.
namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

TEST(HfFamiliesTest, StoresNoValuesThatAreTheKeys) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("gemma-4-26b-a4b").dump());

  // Every sixth layer has no window: 2 heads of 512 elements.
  EXPECT_EQ(FindTensor(*header, "blk.5.attn_v.weight"), nullptr);
  EXPECT_THAT(FindTensor(*header, "blk.5.attn_k.weight")->dimensions,
              ElementsAre(2816, 2 * 512));
  EXPECT_THAT(FindTensor(*header, "blk.4.attn_v.weight")->dimensions,
              ElementsAre(2816, 8 * 256));
}

TEST(HfFamiliesTest, ScalesEachBlockOfOpenElm) {
  const json config = json::parse(R"({
      "model_type": "openelm", "num_transformer_layers": 2, "model_dim": 1280,
      "head_dim": 64, "vocab_size": 32000, "max_context_length": 2048,
      "num_kv_heads": [3, 5], "num_query_heads": [12, 20],
      "ffn_multipliers": [0.73, 4.0]})");

  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(config.dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_THAT(FindTensor(*header, "blk.1.attn_qkv.weight")->dimensions,
              ElementsAre(1280, (20 + 2 * 5) * 64));
  // 0.73 x 1280 = 934, of which the nearest multiple of 256 is 1024.
  EXPECT_THAT(FindTensor(*header, "blk.0.ffn_up.weight")->dimensions,
              ElementsAre(1280, 1024));
}

TEST(HfFamiliesTest, LeavesOutTheAttentionThatABlockDoesWithout) {
  const json config = json::parse(R"({
      "model_type": "nemotron-nas", "num_hidden_layers": 3,
      "hidden_size": 1024, "num_attention_heads": 8, "vocab_size": 1000,
      "max_position_embeddings": 4096, "block_configs": [
        {"attention": {"n_heads_in_group": 4}, "ffn": {"ffn_mult": 1.5}},
        {"attention": {"replace_with_linear": true}, "ffn": {}},
        {"attention": {"n_heads_in_group": null}, "ffn": {"ffn_mult": 0.4}}]})");

  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(config.dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_THAT(header->Array("deci.attention.head_count_kv")->integers,
              ElementsAre(2, 0, 0));
  EXPECT_NE(FindTensor(*header, "blk.1.attn_output.weight"), nullptr);
  EXPECT_EQ(FindTensor(*header, "blk.1.attn_q.weight"), nullptr);
  EXPECT_EQ(FindTensor(*header, "blk.2.attn_norm.weight"), nullptr);
  // 2/3 x 0.4 x 1024 = 273, up to the next multiple of 256.
  EXPECT_THAT(FindTensor(*header, "blk.2.ffn_up.weight")->dimensions,
              ElementsAre(1024, 512));
}

TEST(HfFamiliesTest, GivesAHybridItsKindsOfLayers) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("granite-4.0-h-tiny").dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(FindTensor(*header, "blk.5.ssm_in.weight"), nullptr);
  EXPECT_NE(FindTensor(*header, "blk.5.attn_q.weight"), nullptr);
  EXPECT_NE(FindTensor(*header, "blk.6.ssm_in.weight"), nullptr);
  const GgufArray* heads =
      header->Array("granitehybrid.attention.head_count_kv");
  ASSERT_NE(heads, nullptr);
  EXPECT_EQ(heads->integers[5], 4);
  EXPECT_EQ(heads->integers[6], 0);
}

TEST(HfFamiliesTest, KeepsTheLayerThatPredictsFurtherTokens) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("glm-4.5-air").dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("glm4moe.block_count"), 46 + 1);
  EXPECT_EQ(header->Integer("glm4moe.nextn_predict_layers"), 1);
  EXPECT_NE(FindTensor(*header, "blk.46.nextn.eh_proj.weight"), nullptr);
  EXPECT_EQ(FindTensor(*header, "blk.45.nextn.eh_proj.weight"), nullptr);
}

TEST(HfFamiliesTest, GivesEachLayerOfMimoTheHeadsOfItsClass) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("mimo-v2-flash").dump());

  ASSERT_THAT(header, IsOk());
  // Keys of 192 elements and values of 128; 4 heads look all the way back, 8 do
  // not.
  EXPECT_EQ(FindTensor(*header, "blk.0.attn_k.weight")->dimensions[1], 4 * 192);
  EXPECT_EQ(FindTensor(*header, "blk.0.attn_v.weight")->dimensions[1], 4 * 128);
  EXPECT_EQ(FindTensor(*header, "blk.1.attn_k.weight")->dimensions[1], 8 * 192);
  EXPECT_EQ(FindTensor(*header, "blk.1.attn_v.weight")->dimensions[1], 8 * 128);
}

TEST(HfFamiliesTest, NamesANemotronHByWhetherItHasExperts) {
  EXPECT_EQ(HeaderOfHfConfig(ConfigOf("nemotron-h-8b").dump())
                ->Text("general.architecture"),
            "nemotron_h");
  EXPECT_EQ(HeaderOfHfConfig(ConfigOf("nemotron-3-nano-30b-a3b").dump())
                ->Text("general.architecture"),
            "nemotron_h_moe");
}

TEST(HfFamiliesTest, FindsTheRanksOfAnRwkvByItsWidth) {
  json config = ConfigOf("rwkv7-2.9b");

  const absl::StatusOr<GgufHeader> by_width = HeaderOfHfConfig(config.dump());
  config["gate_low_rank_dim"] = 128;
  const absl::StatusOr<GgufHeader> named = HeaderOfHfConfig(config.dump());

  // sqrt(2560) x 1.8 is 91, and 2560^0.8 x 0.6 is 320: whole multiples of 32.
  EXPECT_EQ(by_width->Integer("rwkv7.attention.decay_lora_rank"), 96);
  EXPECT_EQ(by_width->Integer("rwkv7.attention.gate_lora_rank"), 320);
  EXPECT_EQ(named->Integer("rwkv7.attention.gate_lora_rank"), 128);
}

TEST(HfFamiliesTest, TakesTwoThirdsOfTheWidthThatAnLfm2Names) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("lfm2-1.2b").dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("lfm2.feed_forward_length"), 8192);  // Of 12288.
}

}  // namespace
}  // namespace hwledger
