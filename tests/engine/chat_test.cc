#include "core/engine/chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

auto IsRefused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

Chat WithTools(std::vector<ChatTool> tools) {
  return {.messages = {{"user", "Hi"}}, .tools = std::move(tools)};
}

ChatMessage Calling(std::string id, std::string name = "time") {
  return {.role = "assistant",
          .tool_calls = {{.id = std::move(id), .name = std::move(name)}}};
}

ChatMessage Answering(std::string id) {
  return {.role = "tool", .content = "12:00", .tool_call_id = std::move(id)};
}

TEST(ValidateChatTest, AcceptsAConversationWithCalls) {
  EXPECT_THAT(Validate({.messages = {{"system", ""},
                                     {"user", "Hi"},
                                     Calling("1"),
                                     Answering("1"),
                                     Calling("2"),
                                     Answering("2"),
                                     {.role = "assistant",
                                      .content = "Noon.",
                                      .reasoning = "Hm."}},
                        .tools = {{"time", "Tells it.", R"({"type":"object"})"},
                                  {.name = "a-b_c.D9"}},
                        .tool_choice = ToolChoice::kRequired,
                        .tool_name = "time"}),
              IsOk());
}

TEST(ValidateChatTest, NamesTheMessageAndTheValue) {
  EXPECT_THAT(Validate(Chat()), IsRefused("chat.messages must not be empty"));
  EXPECT_THAT(Validate({.messages = {{"user", "hi"}, {"robot", "hi"}}}),
              IsRefused("chat.messages[1].role must be system, user, assistant "
                        "or tool; got \"robot\""));
  EXPECT_THAT(Validate({.messages = {Calling("1"), Answering("2")}}),
              IsRefused("chat.messages[1].tool_call_id must be the id of a "
                        "call before it; got \"2\""));
  EXPECT_THAT(Validate({.messages = {Answering("")}}),
              IsRefused("chat.messages[0].tool_call_id must be"));
  EXPECT_THAT(
      Validate({.messages = {{.role = "user", .tool_call_id = "1"}}}),
      IsRefused("chat.messages[0].tool_call_id is a tool's; got it from role "
                "\"user\""));
  EXPECT_THAT(Validate({.messages = {Calling("1"), Calling("1")}}),
              IsRefused("chat.messages[1].tool_calls[0].id must be there and "
                        "unique within the conversation; got \"1\""));
  EXPECT_THAT(Validate({.messages = {Calling("")}}),
              IsRefused("chat.messages[0].tool_calls[0].id must be there"));
  EXPECT_THAT(Validate({.messages = {Calling("1", "a b")}}),
              IsRefused("chat.messages[0].tool_calls[0].name must be 1 to 64 "
                        "letters, digits, _, - and .; got \"a b\""));
  EXPECT_THAT(
      Validate({.messages = {{.role = "user", .reasoning = "Hm."}}}),
      IsRefused("chat.messages[0].reasoning is an assistant's; got it from "
                "role \"user\""));
}

TEST(ValidateChatTest, NamesTheToolAndTheValue) {
  EXPECT_THAT(Validate(WithTools({{.name = "a"}, {.name = ""}})),
              IsRefused("chat.tools[1].name must be 1 to 64 letters, digits, "
                        "_, - and .; got \"\""));
  EXPECT_THAT(Validate(WithTools({{.name = std::string(65, 'x')}})),
              IsRefused("chat.tools[0].name must be"));
  EXPECT_THAT(Validate(WithTools({{.name = "a"}, {.name = "a"}})),
              IsRefused("chat.tools[1].name must be unique; got \"a\" twice"));
  EXPECT_THAT(
      Validate(WithTools({{.name = "a", .parameters_schema = "{\"type\""}})),
      IsRefused("chat.tools[0].parameters_schema must be a JSON object; got "
                "\"{\"type\"\", which is not JSON"));
  EXPECT_THAT(Validate(WithTools({{.name = "a", .parameters_schema = "[]"}})),
              IsRefused("parameters_schema must be a JSON object; got \"[]\""));
  const std::string deep = "{\"a\":" + std::string(1'000'000, '[');
  EXPECT_THAT(Validate(WithTools({{.name = "a", .parameters_schema = deep}})),
              IsRefused("parameters_schema must not be deeper than 64; got "
                        "\"{\"a\":[["));
  EXPECT_THAT(Validate(WithTools(std::vector<ChatTool>(129))),
              IsRefused("chat.tools must hold at most 128 tools; got 129"));
}

TEST(ValidateChatTest, RefusesAChoiceThatIsNone) {
  Chat chat = WithTools({{.name = "a"}});
  chat.tool_name = "a";
  EXPECT_THAT(Validate(chat), IsRefused("chat.tool_name needs tool_choice "
                                        "REQUIRED; got \"a\" without it"));
  chat.tool_choice = ToolChoice::kRequired;
  chat.tool_name = "b";
  EXPECT_THAT(Validate(chat),
              IsRefused("chat.tool_name must be one of the tools; got \"b\""));
  chat.tools.clear();
  EXPECT_THAT(Validate(chat),
              IsRefused("chat.tool_choice needs tools to choose from"));
}

}  // namespace
}  // namespace hwledger
