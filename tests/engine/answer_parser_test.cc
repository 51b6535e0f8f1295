#include "core/engine/answer_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hwledger {
namespace {

using ::testing::ElementsAre;

// What was said, whichever pieces it came in.
struct Said {
  std::string answer;
  std::string reasoning;
  std::vector<ToolCall> calls;

  friend bool operator==(const Said&, const Said&) = default;
};

void PrintTo(const Said& said, std::ostream* out) {
  *out << "answer \"" << said.answer << "\", reasoning \"" << said.reasoning
       << "\"";
  for (const ToolCall& call : said.calls) {
    *out << ", " << call.name << call.arguments_json;
  }
}

Said SaidIn(const std::vector<std::string_view>& pieces,
            const OutputFormat& format, const std::vector<ChatTool>& tools) {
  AnswerParser parser(format, tools);
  std::vector<AnswerPart> parts;
  for (const std::string_view piece : pieces) parser.Add(piece, parts);
  parser.End(parts);
  Said said;
  for (const AnswerPart& part : parts) {
    if (const auto* text = std::get_if<AnswerText>(&part)) {
      said.answer += text->text;
    } else if (const auto* thought = std::get_if<ReasoningText>(&part)) {
      said.reasoning += thought->text;
    } else {
      said.calls.push_back(std::get<ToolCall>(part));
    }
  }
  return said;
}

const std::vector<ChatTool> kTools = {{.name = "weather"}, {.name = "time"}};

// Of the whole text; in two pieces, whichever, and byte by byte it must be the
// same.
Said Parsed(std::string_view text, const OutputFormat& format,
            const std::vector<ChatTool>& tools = kTools) {
  const Said whole = SaidIn({text}, format, tools);
  std::vector<std::string_view> bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    bytes.push_back(text.substr(i, 1));
    EXPECT_EQ(SaidIn({text.substr(0, i), text.substr(i)}, format, tools), whole)
        << "in two pieces, the second from byte " << i;
  }
  EXPECT_EQ(SaidIn(bytes, format, tools), whole) << "byte by byte";
  return whole;
}

ToolCall Call(std::string name, std::string arguments_json) {
  return {.name = std::move(name), .arguments_json = std::move(arguments_json)};
}

OutputFormat Hermes() {
  return FormatOfTemplate("<tool_call> </tool_call> <think> </think>");
}

TEST(AnswerParserTest, LeavesAPlainAnswerAsItIs) {
  const std::string text = " \nA < B, \"<tool\" and\t{1}.\n\n ";

  EXPECT_EQ(Parsed(text, {}).answer, text);
  EXPECT_EQ(Parsed(text, Hermes()).answer, text);
}

TEST(AnswerParserTest, PartsWhatIsThoughtFromTheAnswer) {
  EXPECT_EQ(Parsed("\n<think>\nTwo and\ntwo.\n</think>\n\nFour. ", Hermes()),
            (Said{.answer = "Four. ", .reasoning = "Two and\ntwo."}));
  EXPECT_EQ(Parsed("<think>\n\n</think>\n\nFour.", Hermes()),
            (Said{.answer = "Four."}));
}

TEST(AnswerParserTest, ThinksFromTheBeginWhereThePromptSaysSo) {
  const OutputFormat format =
      FormatAfter(Hermes(), "<|im_start|>assistant\n<think>\n");

  EXPECT_EQ(Parsed("\nHm.</think>Four.", format),
            (Said{.answer = "Four.", .reasoning = "Hm."}));
  EXPECT_EQ(Parsed("Hm. ", format), (Said{.reasoning = "Hm. "}));
}

TEST(AnswerParserTest, TakesAMarkInTheMiddleOfAnAnswerForText) {
  const std::string text = "The tag <think> begins it, </think> ends it.";

  EXPECT_EQ(Parsed(text, Hermes()), (Said{.answer = text}));
}

TEST(AnswerParserTest, FindsCallsAndLeavesOutTheSpaceAroundThem) {
  EXPECT_EQ(
      Parsed("<think>Look.</think>\nI look.\n\n<tool_call>\n"
             R"({"name": "weather", "arguments": {"at": "}</tool_call>\""}})"
             "\n</tool_call>\n<tool_call>"
             R"({"name":"time","arguments":{}})"
             "</tool_call>\n",
             Hermes()),
      (Said{.answer = "I look.",
            .reasoning = "Look.",
            .calls = {Call("weather", R"({"at":"}</tool_call>\""})"),
                      Call("time", "{}")}}));
}

TEST(AnswerParserTest, FindsACallWhoseEndIsMissing) {
  EXPECT_THAT(
      Parsed(R"(<tool_call>{"name": "time", "arguments": {}})", Hermes()).calls,
      ElementsAre(Call("time", "{}")));
}

TEST(AnswerParserTest, GoesOnWithTextAfterACall) {
  EXPECT_EQ(
      Parsed(R"(<tool_call>{"name": "time"}</tool_call> Wait.)", Hermes()),
      (Said{.answer = "Wait.", .calls = {Call("time", "{}")}}));
}

TEST(AnswerParserTest, TakesWhatIsNoCallForText) {
  for (const std::string text : {
           "So <tool_call> is a mark.",
           "A\n<tool_call>{\"name\": \"weather\", \"arguments\": {}",
           "<tool_call>{\"name\": \"stranger\", \"arguments\": {}}</tool_call>",
           "<tool_call>{\"name\": \"time\", \"arguments\": [1]}</tool_call>",
           "<tool_call>{name: time}</tool_call>",
           "<tool_call>[]</tool_call>",
           "<tool_call>",
       }) {
    EXPECT_EQ(Parsed(text, Hermes()), (Said{.answer = text}));
  }
}

TEST(AnswerParserTest, FindsACallWithinWhatIsNone) {
  EXPECT_EQ(Parsed("<tool_call> or <tool_call>{\"name\":\"time\"}", Hermes()),
            (Said{.answer = "<tool_call> or", .calls = {Call("time", "{}")}}));
}

TEST(AnswerParserTest, TakesACallForTextWhereNothingMayBeCalled) {
  const std::string text = R"(<tool_call>{"name": "time"}</tool_call>)";

  EXPECT_EQ(Parsed(text, Hermes(), {}), (Said{.answer = text}));
}

TEST(AnswerParserTest, RefusesArgumentsTooDeepForAMessage) {
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  const std::string text = R"(<tool_call>{"name":"time","arguments":{"x":)" +
                           deep + "}}</tool_call>";

  EXPECT_EQ(Parsed(text, Hermes()), (Said{.answer = text}));
}

TEST(AnswerParserTest, ReadsLlamasBareCalls) {
  const OutputFormat format = FormatOfTemplate("<|python_tag|> ipython");

  EXPECT_EQ(
      Parsed(R"({"name": "weather", "parameters": {"at": "Rome"}}; )"
             R"({"name": "time", "parameters": {}})",
             format)
          .calls,
      (std::vector{Call("weather", R"({"at":"Rome"})"), Call("time", "{}")}));
  EXPECT_THAT(
      Parsed(R"(<|python_tag|>{"name": "time", "parameters": {}})", format)
          .calls,
      ElementsAre(Call("time", "{}")));
  const std::string json = R"( {"name": "Rome", "parameters": 3} )";
  EXPECT_EQ(Parsed(json, format), (Said{.answer = json}));
}

TEST(AnswerParserTest, ReadsMistralsLists) {
  EXPECT_THAT(
      Parsed(R"([TOOL_CALLS] [{"name": "weather", "arguments": {"at": 1}}, )"
             R"({"name": "time", "arguments": {}, "id": "abcdefghi"}])",
             FormatOfTemplate("[TOOL_CALLS]"))
          .calls,
      ElementsAre(Call("weather", R"({"at":1})"), Call("time", "{}")));
}

TEST(AnswerParserTest, ReadsNamesBeforeArguments) {
  EXPECT_THAT(Parsed(R"([TOOL_CALLS]weather[CALL_ID]a1[ARGS]{"at": 1})"
                     R"([TOOL_CALLS]time[ARGS]{})",
                     FormatOfTemplate("[TOOL_CALLS] [ARGS]"))
                  .calls,
              ElementsAre(Call("weather", R"({"at":1})"), Call("time", "{}")));
  EXPECT_THAT(Parsed(R"(<function=time>{"zone": "UTC"}</function>)",
                     FormatOfTemplate("<function="))
                  .calls,
              ElementsAre(Call("time", R"({"zone":"UTC"})")));
}

TEST(AnswerParserTest, ReadsDeepSeeksCallsOfBothKinds) {
  const OutputFormat format = FormatOfTemplate("<｜tool▁call▁begin｜>");

  EXPECT_EQ(
      Parsed("Wait.<｜tool▁call▁begin｜>function<｜tool▁sep｜>time\n"
             "```json\n{\"zone\": \"UTC\"}\n```<｜tool▁call▁end｜>",
             format),
      (Said{.answer = "Wait.", .calls = {Call("time", R"({"zone":"UTC"})")}}));
  EXPECT_THAT(Parsed("<｜tool▁call▁begin｜>time<｜tool▁sep｜>{}"
                     "<｜tool▁call▁end｜>",
                     format)
                  .calls,
              ElementsAre(Call("time", "{}")));
}

TEST(AnswerParserTest, GivesUpOnANameThatDoesNotEnd) {
  const std::string text = "<function=" + std::string(2000, 'x') + ">{}";

  EXPECT_EQ(SaidIn({text}, FormatOfTemplate("<function="), kTools),
            (Said{.answer = text}));
}

OutputFormat Channels() { return {.has_channels = true}; }

TEST(AnswerParserTest, TellsChannelsApart) {
  EXPECT_EQ(
      Parsed("<|channel|>analysis<|message|>Look.<|end|><|start|>assistant"
             "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant"
             "<|channel|>commentary to=functions.weather <|constrain|>json"
             "<|message|>{\"at\": \"Rome\"}",
             Channels()),
      (Said{.answer = "I look.",
            .reasoning = "Look.",
            .calls = {Call("weather", R"({"at":"Rome"})")}}));
  EXPECT_EQ(Parsed("<|channel|>final<|message|>Four. <|en", Channels()),
            (Said{.answer = "Four. <|en"}));
}

TEST(AnswerParserTest, ReadsARecipientBeforeItsChannel) {
  EXPECT_THAT(
      Parsed(" to=functions.time<|channel|>commentary json<|message|>{}",
             Channels())
          .calls,
      ElementsAre(Call("time", "{}")));
}

TEST(AnswerParserTest, TakesAnAnswerWithoutChannelsForText) {
  EXPECT_EQ(Parsed("Four <|x.", Channels()), (Said{.answer = "Four <|x."}));
  EXPECT_EQ(Parsed("<|channel|>final", Channels()),
            (Said{.answer = "<|channel|>final"}));
  EXPECT_EQ(Parsed("<|channel|>commentary to=functions.time<|message|>no JSON",
                   Channels()),
            (Said{.answer = "no JSON"}));
}

}  // namespace
}  // namespace hwledger
