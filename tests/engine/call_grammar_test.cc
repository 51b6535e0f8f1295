#include "core/engine/call_grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<std::string> RulesFor(std::string_view field,
                                     std::string_view schema,
                                     std::string_view name) {
  if (schema == "{}") return FieldError(field, "says nothing");
  return absl::StrCat(name, " ::= \"", field, "\"");
}

const Chat kChat = {
    .tools = {{.name = "time"},
              {.name = "weather", .parameters_schema = R"({"type":"object"})"}},
    .tool_choice = ToolChoice::kRequired};

TEST(GrammarOfCallsTest, LetsAModelCallEachToolInItsOwnWay) {
  EXPECT_THAT(
      GrammarOfCalls(FormatOfTemplate("<tool_call> </tool_call>"), kChat,
                     RulesFor),
      IsOkAndHolds(
          "root ::=  call (space call)*\n"
          "call ::= \"<tool_call>\" space \"{\\\"name\\\": \\\"time\\\", "
          "\\\"arguments\\\": \" arguments-0 \"}\" space \"</tool_call>\" | "
          "\"<tool_call>\" space \"{\\\"name\\\": \\\"weather\\\", "
          "\\\"arguments\\\": \" arguments-1 \"}\" space \"</tool_call>\"\n"
          "space ::= [ \\n]?\n"
          "arguments-0 ::= \"{\" space \"}\"\n"
          "arguments-1 ::= \"chat.tools[1].parameters_schema\"\n"));
  EXPECT_THAT(GrammarOfCalls(FormatOfTemplate("ipython"), kChat, RulesFor),
              IsOkAndHolds(HasSubstr("\\\"parameters\\\": ")));
  EXPECT_THAT(
      GrammarOfCalls(FormatOfTemplate("[TOOL_CALLS] [ARGS]"), kChat, RulesFor),
      IsOkAndHolds(HasSubstr("\"[TOOL_CALLS]time[ARGS]\" arguments-0 |")));
  EXPECT_THAT(GrammarOfCalls({.has_channels = true}, kChat, RulesFor),
              IsOkAndHolds(HasSubstr("to=functions.time <|constrain|>json")));
}

TEST(GrammarOfCallsTest, LeavesOutToolsThatWereNotNamed) {
  Chat chat = kChat;
  chat.tool_name = "weather";

  EXPECT_THAT(GrammarOfCalls(FormatOfTemplate("<tool_call>"), chat, RulesFor),
              IsOkAndHolds(testing::AllOf(HasSubstr("weather"),
                                          Not(HasSubstr("time")))));
}

TEST(GrammarOfCallsTest, LetsAModelThinkFirst) {
  const OutputFormat format = FormatOfTemplate("<tool_call> <think></think>");

  EXPECT_THAT(
      GrammarOfCalls(format, kChat, RulesFor),
      IsOkAndHolds(HasSubstr("root ::= (\"<think>\" ([^<] | \"<\" [^/])* "
                             "\"</think>\" space)? call")));
  EXPECT_THAT(GrammarOfCalls(FormatAfter(format, "<think>\n"), kChat, RulesFor),
              IsOkAndHolds(HasSubstr(
                  "root ::= ([^<] | \"<\" [^/])* \"</think>\" space call")));
}

TEST(GrammarOfCallsTest, TellsWhatCannotBeHeld) {
  EXPECT_THAT(GrammarOfCalls({}, kChat, RulesFor),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  Chat chat = kChat;
  chat.tools[1].parameters_schema = "{}";
  EXPECT_THAT(GrammarOfCalls(FormatOfTemplate("<tool_call>"), chat, RulesFor),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("chat.tools[1].parameters_schema")));
}

}  // namespace
}  // namespace hwledger
