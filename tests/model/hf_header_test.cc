#include "core/model/hf_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "nlohmann/json.hpp"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using absl::StatusCode;
using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

json ConfigOf(std::string_view name) {
  return json::parse((*FindInCatalogue(name))->config_json);
}

const GgufTensor* FindTensor(const GgufHeader& header, std::string_view name) {
  for (const GgufTensor& tensor : header.tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

TEST(HfHeaderTest, KeepsVectorsAndTheRouterExact) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("mixtral-8x7b").dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(FindTensor(*header, "token_embd.weight")->type->name, "BF16");
  EXPECT_EQ(FindTensor(*header, "blk.0.attn_norm.weight")->type->name, "F32");
  EXPECT_EQ(FindTensor(*header, "blk.0.ffn_gate_inp.weight")->type->name,
            "F32");
  EXPECT_THAT(FindTensor(*header, "blk.31.ffn_down_exps.weight")->dimensions,
              ElementsAre(14336, 4096, 8));
}

TEST(HfHeaderTest, StoresWeightsInTheTypeOfTheConfig) {
  json config = ConfigOf("llama-3.2-1b");
  config["torch_dtype"] = "float32";

  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(config.dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(FindTensor(*header, "token_embd.weight")->type->name, "F32");
  EXPECT_EQ(header->Integer("general.file_type"), 0);
}

TEST(HfHeaderTest, ReadsTheTextPartOfAModelThatAlsoSees) {
  const json whole = {{"model_type", "gemma3"},
                      {"text_config", ConfigOf("gemma-3-12b")}};

  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(whole.dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("gemma3.block_count"), 48);
}

TEST(HfHeaderTest, LeavesOutTheOutputOfATiedModel) {
  json config = ConfigOf("llama-3.2-1b");

  const absl::StatusOr<GgufHeader> tied = HeaderOfHfConfig(config.dump());
  config["tie_word_embeddings"] = false;
  const absl::StatusOr<GgufHeader> untied = HeaderOfHfConfig(config.dump());

  const auto output = Contains(Field(&GgufTensor::name, "output.weight"));
  EXPECT_THAT(tied->tensors, Not(output));
  EXPECT_THAT(untied->tensors, output);
}

TEST(HfHeaderTest, AddsTheBiasesThatAConfigAsksFor) {
  json config = ConfigOf("llama-3.2-1b");
  config["attention_bias"] = true;

  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(config.dump());

  EXPECT_THAT(
      header->tensors,
      AllOf(Contains(Field(&GgufTensor::name, "blk.0.attn_q.bias")),
            Contains(Field(&GgufTensor::name, "blk.0.attn_output.bias"))));
}

TEST(HfHeaderTest, FusesWhatAnArchitectureFuses) {
  const absl::StatusOr<GgufHeader> falcon =
      HeaderOfHfConfig(ConfigOf("falcon-7b").dump());
  const absl::StatusOr<GgufHeader> glm =
      HeaderOfHfConfig(ConfigOf("glm-4-9b-0414").dump());

  // 71 heads' queries, one head's keys and values, each of 64 elements.
  EXPECT_THAT(FindTensor(*falcon, "blk.0.attn_qkv.weight")->dimensions,
              ElementsAre(4544, (71 + 2) * 64));
  EXPECT_THAT(FindTensor(*glm, "blk.0.ffn_up.weight")->dimensions,
              ElementsAre(4096, 2 * 13696));
}

TEST(HfHeaderTest, TakesTheNamesThatOlderModelsUse) {
  const json config = {{"model_type", "gpt2"}, {"n_embd", 768},
                       {"n_head", 12},         {"n_layer", 12},
                       {"n_positions", 1024},  {"vocab_size", 50257}};

  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(config.dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("gpt2.embedding_length"), 768);
  EXPECT_EQ(header->Integer("gpt2.feed_forward_length"), 4 * 768);
  EXPECT_EQ(FindTensor(*header, "position_embd.weight")->type->name, "F32");
}

TEST(HfHeaderTest, StoresNoValuesThatAreTheKeys) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("gemma-4-26b-a4b").dump());

  // Every sixth layer has no window: 2 heads of 512 elements.
  EXPECT_EQ(FindTensor(*header, "blk.5.attn_v.weight"), nullptr);
  EXPECT_THAT(FindTensor(*header, "blk.5.attn_k.weight")->dimensions,
              ElementsAre(2816, 2 * 512));
  EXPECT_THAT(FindTensor(*header, "blk.4.attn_v.weight")->dimensions,
              ElementsAre(2816, 8 * 256));
}

TEST(HfHeaderTest, ScalesEachBlockOfOpenElm) {
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

TEST(HfHeaderTest, RefusesListsOfAnotherLength) {
  const json config = json::parse(R"({
      "model_type": "openelm", "num_hidden_layers": 2, "hidden_size": 1280,
      "head_dim": 64, "vocab_size": 32000, "max_position_embeddings": 2048,
      "num_query_heads": [12], "num_kv_heads": [3, 5],
      "ffn_multipliers": [1, -1]})");

  EXPECT_THAT(
      HeaderOfHfConfig(config.dump()),
      StatusIs(StatusCode::kInvalidArgument,
               HasSubstr("a list of 2 numbers under 'num_query_heads'")));
}

TEST(HfHeaderTest, LeavesOutTheAttentionThatABlockDoesWithout) {
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

TEST(HfHeaderTest, GivesAHybridItsKindsOfLayers) {
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

TEST(HfHeaderTest, KeepsTheLayerThatPredictsFurtherTokens) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("glm-4.5-air").dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("glm4moe.block_count"), 46 + 1);
  EXPECT_EQ(header->Integer("glm4moe.nextn_predict_layers"), 1);
  EXPECT_NE(FindTensor(*header, "blk.46.nextn.eh_proj.weight"), nullptr);
  EXPECT_EQ(FindTensor(*header, "blk.45.nextn.eh_proj.weight"), nullptr);
}

TEST(HfHeaderTest, GivesEachLayerOfMimoTheHeadsOfItsClass) {
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

TEST(HfHeaderTest, NamesANemotronHByWhetherItHasExperts) {
  EXPECT_EQ(HeaderOfHfConfig(ConfigOf("nemotron-h-8b").dump())
                ->Text("general.architecture"),
            "nemotron_h");
  EXPECT_EQ(HeaderOfHfConfig(ConfigOf("nemotron-3-nano-30b-a3b").dump())
                ->Text("general.architecture"),
            "nemotron_h_moe");
}

TEST(HfHeaderTest, FindsTheRanksOfAnRwkvByItsWidth) {
  json config = ConfigOf("rwkv7-2.9b");

  const absl::StatusOr<GgufHeader> by_width = HeaderOfHfConfig(config.dump());
  config["gate_low_rank_dim"] = 128;
  const absl::StatusOr<GgufHeader> named = HeaderOfHfConfig(config.dump());

  // sqrt(2560) x 1.8 is 91, and 2560^0.8 x 0.6 is 320: whole multiples of 32.
  EXPECT_EQ(by_width->Integer("rwkv7.attention.decay_lora_rank"), 96);
  EXPECT_EQ(by_width->Integer("rwkv7.attention.gate_lora_rank"), 320);
  EXPECT_EQ(named->Integer("rwkv7.attention.gate_lora_rank"), 128);
}

TEST(HfHeaderTest, TakesTwoThirdsOfTheWidthThatAnLfm2Names) {
  const absl::StatusOr<GgufHeader> header =
      HeaderOfHfConfig(ConfigOf("lfm2-1.2b").dump());

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("lfm2.feed_forward_length"), 8192);  // Of 12288.
}

TEST(HfHeaderTest, RefusesAListThatIsNone) {
  for (const json& bad : {json("all"), json::array({1, "2"}), json(7)}) {
    json config = ConfigOf("lfm2-1.2b");
    config["full_attn_idxs"] = bad;

    EXPECT_THAT(
        HeaderOfHfConfig(config.dump()),
        StatusIs(StatusCode::kInvalidArgument, HasSubstr("full_attn_idxs")))
        << bad;
  }
}

TEST(HfHeaderTest, RefusesAPatternOfAnotherLength) {
  json config = ConfigOf("nemotron-h-8b");
  config["hybrid_override_pattern"] = "M-M*";

  EXPECT_THAT(HeaderOfHfConfig(config.dump()),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("'hybrid_override_pattern'")));
}

TEST(HfHeaderTest, SaysWhatAPartOfTheConfigLacks) {
  json config = ConfigOf("kimi-linear-48b-a3b");
  config["linear_attn_config"].erase("head_dim");

  EXPECT_THAT(HeaderOfHfConfig(config.dump()),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("'head_dim'")));
}

TEST(HfHeaderTest, RefusesWhatIsNoConfig) {
  for (const std::string_view bad : {"", "{", "[]", "7", "\"llama\""}) {
    EXPECT_THAT(HeaderOfHfConfig(bad), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST(HfHeaderTest, NamesTheTypesThatItKnows) {
  EXPECT_THAT(HeaderOfHfConfig(R"({"model_type": "rwkv9"})"),
              StatusIs(StatusCode::kUnimplemented,
                       AllOf(HasSubstr("'rwkv9'"), HasSubstr("qwen3_moe"))));
}

TEST(HfHeaderTest, SaysWhichKeyIsMissingOrAbsurd) {
  struct Bad {
    std::string_view key;
    json value;
  };
  const std::vector<Bad> bad = {
      {"hidden_size", nullptr},      {"hidden_size", 0},
      {"hidden_size", -4096},        {"hidden_size", 4096.5},
      {"hidden_size", "4096"},       {"hidden_size", int64_t{1} << 40},
      {"hidden_size", ~uint64_t{0}}, {"vocab_size", json::array({1})},
      {"num_hidden_layers", 1025},   {"rms_norm_eps", "small"},
      {"tie_word_embeddings", 1}};
  for (const auto& [key, value] : bad) {
    json config = ConfigOf("llama-3.1-8b");
    config[key] = value;

    EXPECT_THAT(HeaderOfHfConfig(config.dump()),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr(key)))
        << value;
  }
}

TEST(HfHeaderTest, RefusesSizesThatContradictEachOther) {
  json config = ConfigOf("mamba2-2.7b");
  config["n_groups"] = 100'000;

  EXPECT_THAT(HeaderOfHfConfig(config.dump()),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("contradict each other")));
}

}  // namespace
}  // namespace hwledger
