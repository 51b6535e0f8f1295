#include "server/ollama_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/status.h"

namespace hwledger {
namespace {

using nlohmann::json;

constexpr absl::Time kStarted = absl::FromUnixSeconds(1);
constexpr absl::Time kNow = absl::FromUnixNanos(2'500'000'001);
constexpr char kNowText[] = "1970-01-01T00:00:02.500000001Z";

OllamaAnswer Chat() { return {.model = "demo:latest", .started = kStarted}; }
OllamaAnswer Generate() {
  return {.kind = OllamaKind::kGenerate, .model = "demo", .started = kStarted};
}

v1::RunInferenceResponse TokenEvent(const std::string& text) {
  v1::RunInferenceResponse event;
  event.mutable_token()->set_text(text);
  v1::TokenLogprob& logprob = *event.mutable_token()->add_logprobs();
  logprob.set_piece(text);
  logprob.set_logprob(-0.5);
  return event;
}

v1::RunInferenceResponse ThoughtEvent(const std::string& text) {
  v1::RunInferenceResponse event;
  event.mutable_reasoning()->set_text(text);
  return event;
}

v1::ToolCall Call() {
  v1::ToolCall call;
  call.set_id("a");
  call.set_name("f");
  (*call.mutable_arguments()->mutable_fields())["x"].set_number_value(1);
  return call;
}

v1::RunInferenceResponse End(v1::FinishReason reason) {
  v1::RunInferenceResponse event;
  v1::Completion& completion = *event.mutable_completion();
  completion.set_full_text("Hi");
  completion.set_finish_reason(reason);
  completion.mutable_usage()->set_prompt_tokens(3);
  completion.mutable_usage()->set_completion_tokens(4);
  v1::Timings& timings = *completion.mutable_timings();
  timings.mutable_queue_time()->set_nanos(5);
  timings.mutable_prefill_time()->set_nanos(6);
  timings.mutable_decode_time()->set_seconds(1);
  return event;
}

TEST(OllamaStreamTest, TellsAChatLineByLine) {
  OllamaStream stream(Chat());

  EXPECT_EQ(stream.Line(ThoughtEvent("Hm"), kNow)["message"],
            json({{"role", "assistant"}, {"content", ""}, {"thinking", "Hm"}}));
  EXPECT_EQ(stream.Line(TokenEvent("Hi"), kNow), json::parse(R"({
    "model": "demo:latest", "created_at": "1970-01-01T00:00:02.500000001Z",
    "done": false, "message": {"role": "assistant", "content": "Hi"},
    "logprobs": [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105],
                  "top_logprobs": []}]})"));
  EXPECT_EQ(stream.Line(End(v1::FINISH_REASON_STOP_STRING), kNow),
            json::parse(R"({
    "model": "demo:latest", "created_at": "1970-01-01T00:00:02.500000001Z",
    "done": true, "done_reason": "stop",
    "message": {"role": "assistant", "content": ""},
    "total_duration": 1500000001, "load_duration": 5,
    "prompt_eval_count": 3, "prompt_eval_duration": 6,
    "eval_count": 4, "eval_duration": 1000000000})"));
}

TEST(OllamaStreamTest, TellsAPromptsAnswerLineByLine) {
  OllamaStream stream(Generate());

  const json thought = stream.Line(ThoughtEvent("Hm"), kNow);
  const json token = stream.Line(TokenEvent("Hi"), kNow);
  const json end = stream.Line(End(v1::FINISH_REASON_LENGTH), kNow);

  EXPECT_EQ(thought["response"], "");
  EXPECT_EQ(thought["thinking"], "Hm");
  EXPECT_EQ(token["response"], "Hi");
  EXPECT_FALSE(token.contains("message"));
  EXPECT_FALSE(token.contains("thinking"));
  EXPECT_EQ(end["response"], "");
  EXPECT_EQ(end["done_reason"], "length");
}

TEST(OllamaStreamTest, NumbersCallsAndTellsTheirArgumentsAsObjects) {
  v1::RunInferenceResponse event;
  *event.mutable_tool_call() = Call();
  OllamaStream stream(Chat());

  stream.Line(event, kNow);
  const json message = stream.Line(event, kNow)["message"];

  EXPECT_EQ(message, json::parse(R"({"role": "assistant", "content": "",
    "tool_calls": [{"id": "a", "function": {
      "index": 1, "name": "f", "arguments": {"x": 1}}}]})"));
}

TEST(OllamaStreamTest, SaysNothingOfWhatIsNoText) {
  v1::RunInferenceResponse queued;
  queued.mutable_queued();

  EXPECT_EQ(OllamaStream(Chat()).Line(queued, kNow), nullptr);
}

TEST(OllamaCompletionTest, TellsAChat) {
  v1::RunInferenceResponse end = End(v1::FINISH_REASON_TOOL_CALLS);
  end.mutable_completion()->set_reasoning("Hm");
  *end.mutable_completion()->add_tool_calls() = Call();
  OllamaCompletion completion(Chat());
  completion.Add(TokenEvent("H"));
  completion.Add(TokenEvent("i"));
  completion.Add(end);

  const json object = completion.Take(kNow);

  EXPECT_EQ(object["message"], json::parse(R"({"role": "assistant",
    "content": "Hi", "thinking": "Hm",
    "tool_calls": [{"id": "a", "function": {
      "index": 0, "name": "f", "arguments": {"x": 1}}}]})"));
  EXPECT_EQ(object["done"], true);
  EXPECT_EQ(object["done_reason"], "stop");
  EXPECT_EQ(object["eval_count"], 4);
  ASSERT_EQ(object["logprobs"].size(), 2);
  EXPECT_EQ(object["logprobs"][1]["token"], "i");
}

TEST(OllamaCompletionTest, TellsAPromptsAnswer) {
  v1::RunInferenceResponse end = End(v1::FINISH_REASON_END_OF_TEXT);
  end.mutable_completion()->set_reasoning("Hm");
  OllamaCompletion completion(Generate());
  completion.Add(end);

  const json object = completion.Take(kNow);

  EXPECT_EQ(object["response"], "Hi");
  EXPECT_EQ(object["thinking"], "Hm");
  EXPECT_FALSE(object.contains("logprobs"));
}

TEST(ToOllamaDoneTest, SaysWhatWasDone) {
  EXPECT_EQ(ToOllamaDone(Generate(), "load", kNow),
            json({{"model", "demo"},
                  {"created_at", kNowText},
                  {"response", ""},
                  {"done", true},
                  {"done_reason", "load"}}));
}

TEST(ToOllamaEmbedTest, TellsNumbers) {
  v1::EmbedResponse response;
  response.add_embeddings()->add_values(0.5F);
  response.mutable_usage()->set_prompt_tokens(2);

  EXPECT_EQ(ToOllamaEmbed(response, "demo", absl::Microseconds(1)),
            json::parse(R"({"model": "demo", "embeddings": [[0.5]],
                            "total_duration": 1000, "prompt_eval_count": 2})"));
  EXPECT_EQ(ToOllamaEmbeddings(response),
            json::parse(R"({"embedding": [0.5]})"));
  EXPECT_EQ(ToOllamaEmbeddings({}), json::parse(R"({"embedding": []})"));
}

TEST(ToOllamaErrorTest, TellsTheMessage) {
  const HttpResponse response = OllamaErrorResponse(
      ToGrpc(FieldError("options.top_k", "must not be negative; got -1")));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(json::parse(response.body),
            json({{"error", "options.top_k must not be negative; got -1"}}));
  EXPECT_EQ(OllamaErrorResponse({grpc::StatusCode::NOT_FOUND, "x"}).status,
            404);
}

}  // namespace
}  // namespace hwledger
