#include "server/openai_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json Chat() {
  return json::parse(R"({"model": "demo", "messages": [
      {"role": "user", "content": "Hello"}]})");
}

// A chat with `more` in it.
json Chat(const char* more) {
  json body = Chat();
  body.update(json::parse(more));
  return body;
}

v1::RunInferenceRequest Read(const json& body) {
  const auto read = FromOpenAiChat(body);
  EXPECT_THAT(read, IsOk());
  return read.ok() ? read->request : v1::RunInferenceRequest();
}

// The field that a chat with `more` is refused for.
std::string Refused(const char* more) {
  return FieldOf(FromOpenAiChat(Chat(more)).status()).value_or("none");
}

TEST(FromOpenAiChatTest, TakesModelAndMessages) {
  const v1::RunInferenceRequest request = Read(json::parse(R"({
    "model": "demo",
    "messages": [
      {"role": "developer", "content": "Be short."},
      {"role": "user", "content": [{"type": "text", "text": "Hel"},
                                   {"type": "text", "text": "lo"}]},
      {"role": "assistant", "content": null, "tool_calls": [
        {"id": "a", "type": "function",
         "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
      {"role": "tool", "tool_call_id": "a", "content": "2"}]})"));

  EXPECT_EQ(request.model_id(), "demo");
  ASSERT_EQ(request.chat().messages_size(), 4);
  EXPECT_EQ(request.chat().messages(0).role(), "system");
  EXPECT_EQ(request.chat().messages(1).content(), "Hello");
  const v1::ToolCall& call = request.chat().messages(2).tool_calls(0);
  EXPECT_EQ(call.id(), "a");
  EXPECT_EQ(call.name(), "f");
  EXPECT_EQ(call.arguments().fields().at("x").number_value(), 1);
  EXPECT_EQ(request.chat().messages(3).tool_call_id(), "a");
  EXPECT_FALSE(request.has_max_tokens());
  EXPECT_FALSE(request.sampling().has_temperature());
}

TEST(FromOpenAiChatTest, TakesWhatChangesTheText) {
  const v1::RunInferenceRequest request = Read(Chat(R"({
      "temperature": 0, "top_p": 0.5, "frequency_penalty": 0.1,
      "presence_penalty": 0.2, "seed": 7, "max_tokens": 5,
      "max_completion_tokens": 6, "stop": ["a", "b"], "user": "me",
      "logit_bias": {"12": -100}, "logprobs": true, "top_logprobs": 3,
      "reasoning_effort": "none", "n": 1})"));

  EXPECT_TRUE(request.sampling().has_temperature());
  EXPECT_EQ(request.sampling().temperature(), 0);
  EXPECT_EQ(request.sampling().top_p(), 0.5);
  EXPECT_EQ(request.sampling().frequency_penalty(), 0.1);
  EXPECT_EQ(request.sampling().presence_penalty(), 0.2);
  EXPECT_EQ(request.sampling().seed(), 7);
  EXPECT_EQ(request.max_tokens(), 6);
  EXPECT_THAT(request.stop(), ElementsAre("a", "b"));
  EXPECT_EQ(request.user(), "me");
  EXPECT_EQ(request.sampling().logit_bias(0).token_id(), 12);
  EXPECT_EQ(request.sampling().logit_bias(0).bias(), -100);
  EXPECT_EQ(request.top_logprobs(), 3);
  EXPECT_TRUE(request.chat().has_thinking());
  EXPECT_FALSE(request.chat().thinking());
}

TEST(FromOpenAiChatTest, TakesFormatsOfTheAnswer) {
  EXPECT_EQ(Read(Chat(R"({"response_format": {"type": "json_object"}})"))
                .json_schema(),
            R"({"type":"object"})");
  EXPECT_EQ(Read(Chat(R"({"response_format": {"type": "json_schema",
                "json_schema": {"name": "n", "schema": {"enum": [1]}}}})"))
                .json_schema(),
            R"({"enum":[1]})");
  EXPECT_FALSE(
      Read(Chat(R"({"response_format": {"type": "text"}})")).has_json_schema());
  EXPECT_EQ(Refused(R"({"response_format": {"type": "xml"}})"),
            "response_format.type");
  EXPECT_EQ(Refused(R"({"response_format": {"type": "json_schema"}})"),
            "response_format.json_schema.schema");
}

TEST(FromOpenAiChatTest, TakesTools) {
  const v1::Chat chat = Read(Chat(R"({
      "tools": [{"type": "function", "function": {"name": "f",
        "description": "d", "parameters": {"type": "object"}}}],
      "tool_choice": {"type": "function", "function": {"name": "f"}}})"))
                            .chat();

  EXPECT_EQ(chat.tools(0).name(), "f");
  EXPECT_EQ(chat.tools(0).description(), "d");
  EXPECT_EQ(chat.tools(0).parameters_schema(), R"({"type":"object"})");
  EXPECT_EQ(chat.tool_choice(), v1::TOOL_CHOICE_REQUIRED);
  EXPECT_EQ(chat.tool_name(), "f");
  EXPECT_EQ(Read(Chat(R"({"tool_choice": "none"})")).chat().tool_choice(),
            v1::TOOL_CHOICE_NONE);
  EXPECT_EQ(Refused(R"({"tools": [{"type": "web_search"}]})"), "tools[0].type");
}

TEST(FromOpenAiChatTest, TakesHowTheAnswerIsSent) {
  const auto plain = FromOpenAiChat(Chat());
  const auto streamed = FromOpenAiChat(
      Chat(R"({"stream": true, "stream_options": {"include_usage": true}})"));

  ASSERT_THAT(plain, IsOk());
  EXPECT_FALSE(plain->is_streamed);
  ASSERT_THAT(streamed, IsOk());
  EXPECT_TRUE(streamed->is_streamed);
  EXPECT_TRUE(streamed->wants_usage);
}

TEST(FromOpenAiChatTest, IgnoresWhatTheApiDoesNotHave) {
  EXPECT_THAT(FromOpenAiChat(Chat(R"({"colour": "red", "store": false,
                                      "metadata": {"a": "b"},
                                      "temperature": null})")),
              IsOk());
}

TEST(FromOpenAiChatTest, RefusesByNameWhatWeDoNotHave) {
  EXPECT_EQ(Refused(R"({"n": 2})"), "n");
  EXPECT_EQ(Refused(R"({"audio": {"voice": "x"}})"), "audio");
  EXPECT_EQ(Refused(R"({"functions": [{}]})"), "functions");
  EXPECT_EQ(Refused(R"({"modalities": ["text", "audio"]})"), "modalities");
  EXPECT_EQ(Refused(R"({"parallel_tool_calls": false})"),
            "parallel_tool_calls");
  EXPECT_EQ(Refused(R"({"messages": [{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "x"}}]}]})"),
            "messages[0].content[0].type");
}

TEST(FromOpenAiChatTest, SaysWhereATypeIsWrong) {
  EXPECT_EQ(Refused(R"({"model": null})"), "model");
  EXPECT_EQ(Refused(R"({"messages": null})"), "messages");
  EXPECT_EQ(Refused(R"({"messages": {}})"), "messages");
  EXPECT_EQ(Refused(R"({"messages": [5]})"), "messages[0]");
  EXPECT_EQ(Refused(R"({"messages": [{"role": 5}]})"), "messages[0].role");
  EXPECT_EQ(Refused(R"({"max_tokens": 1.5})"), "max_tokens");
  EXPECT_EQ(Refused(R"({"max_tokens": 99999999999})"), "max_tokens");
  EXPECT_EQ(Refused(R"({"seed": 18446744073709551615})"), "seed");
  EXPECT_EQ(Refused(R"({"stop": [1]})"), "stop");
  EXPECT_EQ(Refused(R"({"stream": "yes"})"), "stream");
  EXPECT_EQ(Refused(R"({"logit_bias": {"a": 1}})"), "logit_bias");
  EXPECT_EQ(Refused(R"({"top_logprobs": 3})"), "top_logprobs");
  EXPECT_THAT(FromOpenAiChat(Chat(R"({"temperature": "hot"})")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("temperature"), HasSubstr("hot"))));
  EXPECT_THAT(FromOpenAiChat(json::array()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FromOpenAiCompletionTest, TakesOnePrompt) {
  const auto read = FromOpenAiCompletion(json::parse(
      R"({"model": "demo", "prompt": ["A"], "logprobs": 2, "echo": false})"));
  const auto field = [](const char* text) {
    return FieldOf(FromOpenAiCompletion(json::parse(text)).status());
  };

  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->request.prompt(), "A");
  EXPECT_EQ(read->request.top_logprobs(), 2);
  EXPECT_EQ(field(R"({"model": "m", "prompt": ["a", "b"]})"), "prompt");
  EXPECT_EQ(field(R"({"model": "m", "prompt": [1]})"), "prompt");
  EXPECT_EQ(field(R"({"model": "m"})"), "prompt");
  EXPECT_EQ(field(R"({"model": "m", "prompt": "a", "echo": true})"), "echo");
  EXPECT_EQ(field(R"({"model": "m", "prompt": "a", "best_of": 3})"), "best_of");
}

TEST(FromOpenAiEmbeddingTest, TakesTexts) {
  const auto read = FromOpenAiEmbedding(json::parse(
      R"({"model": "demo", "input": ["a", "b"], "encoding_format": "base64"})"));
  const auto field = [](const char* text) {
    return FieldOf(FromOpenAiEmbedding(json::parse(text)).status());
  };

  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(read->request.texts(), ElementsAre("a", "b"));
  EXPECT_TRUE(read->is_base64);
  EXPECT_EQ(field(R"({"model": "m", "input": "a", "dimensions": 5})"),
            "dimensions");
  EXPECT_EQ(field(R"({"model": "m", "input": "a", "encoding_format": "hex"})"),
            "encoding_format");
}

}  // namespace
}  // namespace hwledger
