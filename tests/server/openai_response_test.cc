#include "server/openai_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/status.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

OpenAiAnswer Answer() {
  return {.id = "chatcmpl-1", .model = "demo", .created = 5};
}

v1::RunInferenceResponse TokenEvent(const std::string& text) {
  v1::RunInferenceResponse event;
  event.mutable_token()->set_text(text);
  v1::TokenLogprob& logprob = *event.mutable_token()->add_logprobs();
  logprob.set_piece(text);
  logprob.set_logprob(-0.5);
  v1::TokenLogprob& top = *logprob.add_top();
  top.set_piece("\xe2\x82");
  top.set_logprob(-1);
  return event;
}

v1::ToolCall Call() {
  v1::ToolCall call;
  call.set_id("a");
  call.set_name("f");
  (*call.mutable_arguments()->mutable_fields())["x"].set_string_value("y");
  return call;
}

v1::RunInferenceResponse End(v1::FinishReason reason) {
  v1::RunInferenceResponse event;
  v1::Completion& completion = *event.mutable_completion();
  completion.set_full_text("Hi");
  completion.set_finish_reason(reason);
  completion.mutable_usage()->set_prompt_tokens(3);
  completion.mutable_usage()->set_cached_prompt_tokens(2);
  completion.mutable_usage()->set_completion_tokens(4);
  return event;
}

TEST(OpenAiCompletionTest, TellsAChat) {
  OpenAiCompletion completion(Answer());
  completion.Add(TokenEvent("Hi"));
  completion.Add(End(v1::FINISH_REASON_STOP_STRING));

  EXPECT_EQ(completion.Take(), json::parse(R"({
    "id": "chatcmpl-1", "object": "chat.completion", "created": 5,
    "model": "demo",
    "choices": [{"index": 0, "finish_reason": "stop",
      "message": {"role": "assistant", "content": "Hi", "refusal": null},
      "logprobs": {"refusal": null, "content": [
        {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": [
          {"token": "\uFFFD", "logprob": -1.0, "bytes": [226, 130]}]}]}}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7,
      "prompt_tokens_details": {"cached_tokens": 2}}})"));
}

TEST(OpenAiCompletionTest, TellsThoughtsAndCalls) {
  v1::RunInferenceResponse end = End(v1::FINISH_REASON_TOOL_CALLS);
  end.mutable_completion()->clear_full_text();
  end.mutable_completion()->set_reasoning("Hm");
  *end.mutable_completion()->add_tool_calls() = Call();
  OpenAiCompletion completion(Answer());
  completion.Add(end);

  const json choice = completion.Take()["choices"][0];

  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_EQ(choice["logprobs"], nullptr);
  EXPECT_EQ(choice["message"], json::parse(R"({
    "role": "assistant", "content": null, "refusal": null,
    "reasoning_content": "Hm",
    "tool_calls": [{"id": "a", "type": "function",
      "function": {"name": "f", "arguments": "{\"x\":\"y\"}"}}]})"));
}

TEST(OpenAiCompletionTest, TellsACompletion) {
  OpenAiCompletion completion({.kind = OpenAiKind::kCompletion});
  completion.Add(TokenEvent("H"));
  completion.Add(TokenEvent("i"));
  completion.Add(End(v1::FINISH_REASON_LENGTH));

  const json object = completion.Take();

  EXPECT_EQ(object["object"], "text_completion");
  EXPECT_EQ(object["choices"][0]["text"], "Hi");
  EXPECT_EQ(object["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(object["choices"][0]["logprobs"]["tokens"], json({"H", "i"}));
  EXPECT_EQ(object["choices"][0]["logprobs"]["text_offset"], json({0, 1}));
}

TEST(OpenAiStreamTest, SaysWhoSpeaksOnceAndWhyItEnds) {
  OpenAiStream stream(Answer(), /*has_usage=*/true);

  const std::vector<json> first = stream.Chunks(TokenEvent("H"));
  const std::vector<json> second = stream.Chunks(TokenEvent("i"));
  const std::vector<json> end =
      stream.Chunks(End(v1::FINISH_REASON_END_OF_TEXT));

  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0]["object"], "chat.completion.chunk");
  EXPECT_EQ(first[0]["usage"], nullptr);
  EXPECT_EQ(first[0]["choices"][0]["delta"],
            json({{"role", "assistant"}, {"content", "H"}}));
  EXPECT_EQ(second[0]["choices"][0]["delta"], json({{"content", "i"}}));
  ASSERT_THAT(end, SizeIs(2));
  EXPECT_EQ(end[0]["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(end[0]["choices"][0]["delta"], json::object());
  EXPECT_THAT(end[1]["choices"], IsEmpty());
  EXPECT_EQ(end[1]["usage"]["total_tokens"], 7);
}

TEST(OpenAiStreamTest, NumbersCalls) {
  v1::RunInferenceResponse event;
  *event.mutable_tool_call() = Call();
  OpenAiStream stream(Answer(), /*has_usage=*/false);

  stream.Chunks(event);
  const json delta = stream.Chunks(event)[0]["choices"][0]["delta"];

  EXPECT_EQ(delta["tool_calls"][0]["index"], 1);
  EXPECT_EQ(delta["tool_calls"][0]["function"]["name"], "f");
}

TEST(OpenAiStreamTest, SaysNothingOfWhatIsNoText) {
  v1::RunInferenceResponse queued;
  queued.mutable_queued();
  OpenAiStream stream(Answer(), /*has_usage=*/false);

  EXPECT_THAT(stream.Chunks(queued), IsEmpty());
  EXPECT_FALSE(stream.Chunks(TokenEvent("a"))[0].contains("usage"));
}

TEST(ToOpenAiEmbeddingsTest, TellsNumbersOrTheirBytes) {
  v1::EmbedResponse response;
  response.add_embeddings()->add_values(0.5F);
  response.mutable_usage()->set_prompt_tokens(2);

  const json numbers =
      ToOpenAiEmbeddings(response, "demo", /*is_base64=*/false);
  const json bytes = ToOpenAiEmbeddings(response, "demo", /*is_base64=*/true);

  EXPECT_EQ(numbers["data"][0]["embedding"], json({0.5}));
  EXPECT_EQ(numbers["usage"]["total_tokens"], 2);
  // 0.5 is 0x3f000000, its last byte first.
  EXPECT_EQ(bytes["data"][0]["embedding"],
            absl::Base64Escape(std::string("\0\0\0\x3f", 4)));
}

TEST(ToOpenAiModelsTest, ListsWhatCanBeRun) {
  v1::ListModelsResponse response;
  const auto add = [&](const char* id, v1::ModelSource source) {
    v1::Model& model = *response.add_models();
    model.set_model_id(id);
    model.set_source(source);
    return &model;
  };
  add("demo", v1::MODEL_SOURCE_DEMO);
  add("llama-3.1-8b", v1::MODEL_SOURCE_CATALOGUE);
  add("ollama:broken", v1::MODEL_SOURCE_OLLAMA)->set_problem("damaged");

  const json list = ToOpenAiModels(response);

  EXPECT_EQ(list["object"], "list");
  ASSERT_THAT(list["data"], SizeIs(1));
  EXPECT_EQ(list["data"][0]["id"], "demo");
}

TEST(ToOpenAiErrorTest, NamesTheParameter) {
  const HttpResponse response = OpenAiErrorResponse(
      ToGrpc(FieldError("sampling.temperature", "must be 0 to 2; got 9")));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(json::parse(response.body), json::parse(R"({"error": {
    "message": "sampling.temperature must be 0 to 2; got 9",
    "type": "invalid_request_error", "param": "temperature",
    "code": "invalid_argument"}})"));
  EXPECT_EQ(ToOpenAiError({grpc::StatusCode::NOT_FOUND, "x"})["error"]["code"],
            "model_not_found");
  EXPECT_EQ(
      ToOpenAiError({grpc::StatusCode::UNAVAILABLE, "x"})["error"]["type"],
      "server_error");
}

}  // namespace
}  // namespace hwledger
