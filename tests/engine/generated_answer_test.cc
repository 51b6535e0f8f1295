#include "core/engine/generated_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

OutputFormat Hermes() {
  return FormatOfTemplate("<tool_call> </tool_call> <think> </think>");
}

Generation Asking(std::vector<std::string> stop_strings = {}) {
  return {
      .input = Chat{.messages = {{"user", "Hi"}}, .tools = {{.name = "time"}}},
      .stop_strings = std::move(stop_strings)};
}

// The text and the tokens of all events of a kind.
template <typename Text>
Text All(const std::vector<GeneratedAnswer::Event>& events) {
  Text all = {.text = "", .token_count = 0};
  for (const GeneratedAnswer::Event& event : events) {
    if (const auto* text = std::get_if<Text>(&event)) {
      all.text += text->text;
      all.token_count += text->token_count;
    }
  }
  return all;
}

std::vector<GeneratedAnswer::Event> Heard(
    GeneratedAnswer& answer, const std::vector<std::string>& tokens) {
  std::vector<GeneratedAnswer::Event> heard;
  const auto take = [&] {
    for (auto& event : answer.Take()) heard.push_back(std::move(event));
  };
  for (const std::string& token : tokens) {
    if (answer.stopped()) break;
    answer.Add(token, /*is_mark=*/false);
    take();
  }
  answer.End();
  take();
  return heard;
}

TEST(GeneratedAnswerTest, TellsHowLikelyTheTokensOfTheAnswerWere) {
  GeneratedAnswer answer(Asking(), Hermes());
  std::vector<int64_t> token_ids;
  int64_t token_id = 0;
  for (const char* token :
       {"<think>", "H", "m.", "</think>", "I", " lo", "ok <", "b>"}) {
    answer.Add(token, /*is_mark=*/false);
    answer.AddLogprob({.token_id = ++token_id});
    for (const GeneratedAnswer::Event& event : answer.Take()) {
      const auto* text = std::get_if<Token>(&event);
      if (text == nullptr) continue;
      for (const TokenLogprob& logprob : text->logprobs) {
        token_ids.push_back(logprob.token_id);
      }
    }
  }

  // The mark before it leaves with the text.
  EXPECT_THAT(token_ids, ElementsAre(4, 5, 6, 7, 8));
}

TEST(GeneratedAnswerTest, TellsThoughtsCallsAndTextAsItsCompletionHoldsThem) {
  GeneratedAnswer answer(Asking(), Hermes());

  const auto heard = Heard(
      answer, {"<think>", "H", "m.", "</think>", "\n", "I lo", "ok.", "\n",
               "<tool_call>", "{\"name\":", "\"time\"}", "</tool_call>"});

  EXPECT_EQ(All<Reasoning>(heard).text, "Hm.");
  EXPECT_EQ(answer.reasoning(), "Hm.");
  EXPECT_EQ(All<Token>(heard).text, "I look.");
  EXPECT_EQ(answer.full_text(), "I look.");
  ASSERT_THAT(answer.tool_calls(), SizeIs(1));
  EXPECT_THAT(answer.tool_calls()[0].id, MatchesRegex("[0-9A-Za-z]{9}"));
  EXPECT_EQ(std::get<ToolCall>(heard.back()), answer.tool_calls()[0]);
}

TEST(GeneratedAnswerTest, CountsEachTokenWithTheTextItLedTo) {
  GeneratedAnswer answer(Asking(), Hermes());

  const auto heard = Heard(answer, {"<think>", "Hm.", "</think>", "A", "B"});

  EXPECT_EQ(All<Reasoning>(heard).token_count, 2);
  EXPECT_EQ(All<Token>(heard).token_count, 3);
}

TEST(GeneratedAnswerTest, HoldsACharacterBackUntilItIsWhole) {
  GeneratedAnswer answer(Asking(), Hermes());

  answer.Add("\xC3", /*is_mark=*/false);
  EXPECT_THAT(answer.Take(), IsEmpty());
  answer.Add("\xA9.", /*is_mark=*/false);
  EXPECT_EQ(All<Token>(answer.Take()).text, "é.");
}

TEST(GeneratedAnswerTest, StopsBeforeAStringWhereverItComes) {
  GeneratedAnswer answer(Asking({"STOP"}), Hermes());

  Heard(answer, {"<think>", "Hm ST", "OP on", "</think>"});

  EXPECT_TRUE(answer.stopped());
  EXPECT_EQ(answer.reasoning(), "Hm ");
  EXPECT_EQ(answer.full_text(), "");
}

TEST(GeneratedAnswerTest, TakesMarksForWhatTheyAreInAChatOnly) {
  const std::string call = R"(<tool_call>{"name":"time"}</tool_call>)";
  Generation none = Asking();
  std::get<Chat>(none.input).tool_choice = ToolChoice::kNone;
  GeneratedAnswer chat(none, Hermes());
  GeneratedAnswer raw({.input = "Hi"}, std::nullopt);

  Heard(chat, {call});
  raw.Add("<|mark|>", /*is_mark=*/true);
  Heard(raw, {call});

  EXPECT_EQ(chat.full_text(), call);
  EXPECT_EQ(raw.full_text(), call);
}

}  // namespace
}  // namespace hwledger
