#include "server/command_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/there_and_back.h"

namespace hwledger {
namespace {

// Every field differs from its default and from its neighbours.
Sampling SamplingWithEveryField() {
  return {.temperature = 0.1,
          .top_k = 2,
          .top_p = 0.3,
          .min_p = 0.4,
          .typical_p = 0.5,
          .repetition_penalty = 0.6,
          .frequency_penalty = 0.7,
          .presence_penalty = 0.8,
          .seed = 9,
          .xtc_probability = 0.11,
          .xtc_threshold = 0.12,
          .dry_multiplier = 0.13,
          .dry_base = 1.4,
          .dry_allowed_length = 15,
          .dry_sequence_breakers = {"\n", "!"},
          .penalty_last_tokens = 16,
          .mirostat = Mirostat{.tau = 1.7, .eta = 0.18},
          .logit_bias = {{.token_id = 19, .bias = -20}, {.token_id = 21}}};
}

Generation GenerationAfterTheLink(const Generation& generation) {
  const Command command = ThereAndBack(Command{.action = Start{generation}});
  return std::get<Start>(command.action).generation;
}

TEST(CommandConvertTest, KeepsCommands) {
  const Command cancel = ThereAndBack(Command{5, Cancel{}});
  const Command grant = ThereAndBack(Command{6, Grant{7}});
  const Command start = ThereAndBack(Command{8, Start{.credit_tokens = 9}});

  EXPECT_EQ(cancel.generation_id, 5);
  EXPECT_TRUE(std::holds_alternative<Cancel>(cancel.action));
  EXPECT_EQ(grant.generation_id, 6);
  EXPECT_EQ(std::get<Grant>(grant.action).credit_tokens, 7);
  EXPECT_EQ(std::get<Start>(start.action).credit_tokens, 9);
}

TEST(CommandConvertTest, KeepsAPromptAndItsLimits) {
  const Generation generation = {.input = "Once",
                                 .sampling = SamplingWithEveryField(),
                                 .token_count_max = 7,
                                 .stop_strings = {"a", "b"},
                                 .user = "ann",
                                 .truncate_prompt = true,
                                 .constraint = {.json_schema = "{}"},
                                 .top_logprobs = 0,
                                 .lora_adapters = {{"/a", 2}}};

  EXPECT_EQ(GenerationAfterTheLink(generation), generation);
}

TEST(CommandConvertTest, KeepsAChatWithoutALimitOrASeed) {
  const Generation generation = {
      .input = Chat{{{"system", "Be brief."}, {"user", "Hello"}}},
      .sampling = {.mirostat = Mirostat()},
      .constraint = {.grammar = ""}};

  EXPECT_EQ(GenerationAfterTheLink(generation), generation);
}

TEST(CommandConvertTest, KeepsAllOfAChatWithTools) {
  const Chat chat = {
      .messages = {{.role = "assistant",
                    .content = "I look.",
                    .tool_calls = {{"1", "time", R"({"a":1})"}},
                    .reasoning = "Hm."},
                   {.role = "tool", .content = "12:00", .tool_call_id = "1"}},
      .tools = {{"time", "Tells it.", "{}"}},
      .tool_choice = ToolChoice::kRequired,
      .tool_name = "time",
      .thinking = false};

  const Generation generation = {.input = chat};
  EXPECT_EQ(GenerationAfterTheLink(generation), generation);
}

TEST(CommandConvertTest, KeepsQuestions) {
  const auto kept = [](const Question& question) {
    return std::get<Question>(ThereAndBack(Command{1, question}).action);
  };
  const Question tokenize = TokenizeQuestion{
      .text = "a", .add_special = false, .parse_special = false};
  const Question detokenize = DetokenizeQuestion{{1, 2}};
  const Question embed =
      EmbedQuestion{{"a", "b"}, /*normalize=*/false, Pooling::kCls};
  const Question plain_embed = EmbedQuestion{{"a"}};

  EXPECT_EQ(kept(tokenize), tokenize);
  EXPECT_EQ(kept(detokenize), detokenize);
  EXPECT_EQ(kept(embed), embed);
  EXPECT_EQ(kept(plain_embed), plain_embed);
}

}  // namespace
}  // namespace hwledger
