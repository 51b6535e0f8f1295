#include <string>

#include "absl/strings/str_cat.h"
#include "core/utf8.h"
#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(LlamaEngineTest, StreamsATextUntilTheModelEndsIt) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard = AwaitEnd(Start({.input = "When>"}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.text(), "It is five.");
  EXPECT_EQ(heard.token_count, 3);
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kEndOfText);
  // The begin of the text and five bytes.
  EXPECT_EQ(heard.completion->prompt_tokens, 6);
  EXPECT_EQ(heard.completion->completion_tokens, 3);
  EXPECT_THAT(heard.processed_tokens, ElementsAre(6));
}

TEST_F(LlamaEngineTest, EndsBeforeAStopStringAcrossTokens) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard = AwaitEnd(Start({.input = ">", .stop_strings = {"s f"}}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "It i");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kStopString);
  EXPECT_EQ(heard.completion->stop_string, "s f");
}

TEST_F(LlamaEngineTest, EndsAfterAsManyTokensAsWereAsked) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard = AwaitEnd(Start({.input = ">", .token_count_max = 2}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "It is");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kLength);
}

TEST_F(LlamaEngineTest, EndsWhenTheContextIsFull) {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  Load(model);

  const Heard& heard = AwaitEnd(Start({.input = ">"}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kLength);
  // With the begin of the text and the ">".
  EXPECT_EQ(heard.completion->completion_tokens, 256 - 2);
}

TEST_F(LlamaEngineTest, JoinsTheBytesOfACharacter) {
  TinyModel model;
  const std::string said = ">é😀";
  for (size_t i = 0; i + 1 < said.size(); ++i) {
    model.successors.emplace_back(TinyModel::ByteToken(said[i]),
                                  TinyModel::ByteToken(said[i + 1]));
  }
  model.successors.emplace_back(TinyModel::ByteToken(said.back()),
                                TinyModel::kEnd);
  Load(model);

  const Heard& heard = AwaitEnd(Start({.input = ">"}));

  EXPECT_EQ(heard.text(), "é😀");
  EXPECT_EQ(heard.token_count, 6);
}

TEST_F(LlamaEngineTest, SendsOnlyWholeUtf8WhateverTheModelSays) {
  Load(TinyModel());

  const Heard& heard =
      AwaitEnd(Start({.input = "a",
                      .sampling = {.temperature = 2, .seed = 1},
                      .token_count_max = 200}));

  for (const std::string& text : heard.texts) {
    EXPECT_EQ(WithValidUtf8(text), text);
  }
  EXPECT_THAT(heard.text(), HasSubstr("\uFFFD"));
}

TEST_F(LlamaEngineTest, AnswersAChatByTheModelsTemplate) {
  TinyModel model = TinyModel::Reciting({"Hello"});
  model.chat_template = "{{ bos_token }}{{ messages[0]['content'] }}>";
  Load(model);

  const Heard& heard = AwaitEnd(Start({.input = Chat{{{"user", "Hi"}}}}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "Hello");
  // The template's begin of the text is not doubled.
  EXPECT_EQ(heard.completion->prompt_tokens, 4);
}

TEST_F(LlamaEngineTest, KeepsWhatIsSaidFromBecomingControlTokens) {
  TinyModel model = TinyModel::Reciting({"Hello"});
  model.chat_template = "{{ messages[0]['content'] }}>";
  Load(model);

  // "</s>" in four bytes instead of in a token, with the begin and the ">".
  EXPECT_EQ(AwaitEnd(Start({.input = Chat{{{"user", "</s>"}}}}))
                .completion->prompt_tokens,
            6);
  EXPECT_EQ(AwaitEnd(Start({.input = "</s>>"})).completion->prompt_tokens, 3);
}

TEST_F(LlamaEngineTest, PartsThoughtsAndCallsFromTheAnswer) {
  TinyModel model = TinyModel::Reciting(
      {"<think>", "Hm.", "</think>", "I look.", "<tool_call>",
       R"({"name": "time"})", "</tool_call>"});
  model.chat_template =
      "{% for tool in tools %}{{ tool | tojson }}{% endfor %}"
      "{{ messages[0]['content'] }}>{# </think> <tool_call> #}";
  Load(model);
  const Chat chat = {.messages = {{"user", "Hi"}}, .tools = {{.name = "time"}}};

  const Heard& heard = AwaitEnd(Start({.input = chat}));

  ASSERT_TRUE(heard.completion) << *heard.failure;
  EXPECT_EQ(heard.completion->reasoning, "Hm.");
  EXPECT_EQ(heard.completion->full_text, "I look.");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kToolCalls);
  ASSERT_EQ(heard.completion->tool_calls.size(), 1);
  EXPECT_EQ(heard.completion->tool_calls[0].name, "time");
}

TEST_F(LlamaEngineTest, RefusesAChatWhereTheModelHasNoTemplate) {
  Load(TinyModel());

  EXPECT_THAT(AwaitEnd(Start({.input = Chat{{{"user", "Hi"}}}})),
              FailsWith(absl::StatusCode::kFailedPrecondition,
                        "use prompt instead of chat"));
}

TEST_F(LlamaEngineTest, RefusesAPromptThatLeavesNoRoomForAnAnswer) {
  Load(TinyModel());

  // With the begin of the text, 255 and 256 tokens.
  EXPECT_EQ(AwaitEnd(Start(Greedy(std::string(254, 'a')))).failure,
            std::nullopt);
  EXPECT_THAT(AwaitEnd(Start(Greedy(std::string(255, 'a')))),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "it has 256 tokens, and prompt and answer together "
                        "may have 256"));
}

TEST_F(LlamaEngineTest, DropsTheStartOfAPromptWhereThatIsAsked) {
  Load(TinyModel());
  Generation generation = Greedy(std::string(300, 'b') + std::string(215, 'a'));
  generation.truncate_prompt = true;

  const Heard& heard = AwaitEnd(Start(generation));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->prompt_tokens, 256 - 40);
  EXPECT_EQ(heard.text(), FullText(Start(Greedy(std::string(215, 'a')))));
}

TEST_F(LlamaEngineTest, RefusesAnEmptyPromptWhereNothingBeginsAText) {
  TinyModel model;
  model.begins_with_token = false;
  Load(model);

  EXPECT_THAT(AwaitEnd(Start(Greedy(""))),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "prompt must not be empty"));
}

TEST_F(LlamaEngineTest, RefusesWhatIsOutOfRangeAndGoesOn) {
  Load(TinyModel());

  EXPECT_THAT(
      AwaitEnd(Start({.input = "a", .sampling = {.temperature = -1}})),
      FailsWith(absl::StatusCode::kInvalidArgument, "sampling.temperature"));
  EXPECT_TRUE(AwaitEnd(Start(Greedy("a"))).completion);
}

TEST_F(LlamaEngineTest, GivesEachOfEightTheTextThatItGetsAlone) {
  Load(TinyModel(), /*slot_count=*/8);
  std::vector<std::string> alone;
  for (int64_t i = 0; i < 8; ++i) {
    alone.push_back(FullText(Start(Greedy(absl::StrCat("Prompt ", i)))));
  }

  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 8; ++i) {
    ids.push_back(Start(Greedy(absl::StrCat("Prompt ", i))));
  }

  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(FullText(ids[i]), alone[i]) << i;
  }
  EXPECT_NE(alone[0], alone[1]);
}

TEST_F(LlamaEngineTest, ReadsALongPromptInPartsWithTheSameResult) {
  Load(TinyModel(), /*slot_count=*/2);
  const std::string prompt(200, 'x');
  const std::string alone = FullText(Start(Greedy(prompt)));
  LlamaEngine in_parts;
  ASSERT_THAT(in_parts.Load(TinyModel().Write("in_parts"),
                            {.sequence_length = 256, .micro_batch_size = 16},
                            [](double) { return true; }),
              IsOk());

  in_parts.Submit({1, hwledger::Start{Greedy(prompt), kPlenty}});
  std::vector<int64_t> processed;
  std::optional<Completion> completion;
  while (!completion) {
    for (StepEvent& event : in_parts.WaitForEvents()) {
      if (auto* progress = std::get_if<PromptProgress>(&event.event)) {
        processed.push_back(progress->processed_tokens);
      } else if (auto* end = std::get_if<Completion>(&event.event)) {
        completion = *end;
      }
    }
  }

  EXPECT_EQ(completion->full_text, alone);
  EXPECT_THAT(processed, AllOf(SizeIs(Gt(4)), testing::Contains(201)));
}

TEST_F(LlamaEngineTest, RepeatsATextForTheSameSeedOnly) {
  Load(TinyModel());
  Generation generation = {.input = "a",
                           .sampling = {.temperature = 1, .seed = 1},
                           .token_count_max = 40};

  const std::string first = FullText(Start(generation));
  EXPECT_EQ(FullText(Start(generation)), first);
  generation.sampling.seed = 2;
  EXPECT_NE(FullText(Start(generation)), first);
}

TEST_F(LlamaEngineTest, AvoidsWhatAPenaltyForbids) {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  Load(model);
  Generation generation = Greedy(">", /*token_count_max=*/3);
  EXPECT_EQ(FullText(Start(generation)), "ononon");

  generation.sampling.repetition_penalty = 10;
  generation.sampling.frequency_penalty = 2;
  generation.sampling.presence_penalty = 2;

  EXPECT_THAT(FullText(Start(generation)), Not(HasSubstr("ononon")));
}

}  // namespace
}  // namespace hwledger
