#include "core/model/hf_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlohmann/json.hpp"
#include "tests/model/hf_configs.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using absl::StatusCode;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

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

TEST(HfHeaderTest, RefusesAPatternOfAnotherLength) {
  json config = ConfigOf("nemotron-h-8b");
  config["hybrid_override_pattern"] = "M-M*";

  EXPECT_THAT(HeaderOfHfConfig(config.dump()),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("'hybrid_override_pattern'")));
}

TEST(HfHeaderTest, RefusesHeadsThatDoNotDivide) {
  json config = ConfigOf("llama-3.1-8b");
  config["num_key_value_heads"] = 7;

  EXPECT_THAT(HeaderOfHfConfig(config.dump()),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("under 'num_attention_heads'; got 32, and 7 "
                                 "of the former")));
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
