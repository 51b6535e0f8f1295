#include "server/ollama_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A chat with `more` in it.
json Chat(const char* more) {
  json body = json::parse(R"({"model": "demo", "messages": [
      {"role": "user", "content": "Hello"}]})");
  body.update(json::parse(more));
  return body;
}

v1::RunInferenceRequest Read(const char* more) {
  const auto read = FromOllamaChat(Chat(more));
  EXPECT_THAT(read, IsOk());
  return read.ok() ? read->request : v1::RunInferenceRequest();
}

v1::RunInferenceRequest ReadOptions(const char* options) {
  return Read(json({{"options", json::parse(options)}}).dump().c_str());
}

// The field that a chat with `more` is refused for.
std::string Refused(const char* more) {
  return FieldOf(FromOllamaChat(Chat(more)).status()).value_or("none");
}

std::string RefusedPrompt(const char* more) {
  json body = {{"model", "demo"}, {"prompt", "Hello"}};
  body.update(json::parse(more));
  return FieldOf(FromOllamaGenerate(body).status()).value_or("none");
}

TEST(FromOllamaChatTest, TakesModelAndMessages) {
  const v1::RunInferenceRequest request = Read(R"({"messages": [
      {"role": "System", "content": "Be short.", "images": []},
      {"role": "user", "content": "Hello"},
      {"role": "assistant", "content": "", "thinking": "Hm"}]})");

  EXPECT_EQ(request.model_id(), "demo");
  ASSERT_EQ(request.chat().messages_size(), 3);
  EXPECT_EQ(request.chat().messages(0).role(), "system");
  EXPECT_EQ(request.chat().messages(1).content(), "Hello");
  EXPECT_EQ(request.chat().messages(2).reasoning(), "Hm");
  EXPECT_FALSE(request.has_max_tokens());
  EXPECT_FALSE(request.load().has_idle_ttl());
  EXPECT_TRUE(request.truncate_prompt());
}

TEST(FromOllamaChatTest, AnswersCallsOfToolsByTheirNames) {
  const v1::Chat chat = Read(R"({"messages": [
      {"role": "assistant", "content": "", "tool_calls": [
        {"function": {"name": "f", "arguments": {"x": 1}}},
        {"function": {"name": "g", "arguments": {}}},
        {"id": "mine", "function": {"name": "f", "arguments": {"x": 2}}}]},
      {"role": "tool", "tool_name": "g", "content": "G"},
      {"role": "tool", "tool_name": "f", "content": "F1"},
      {"role": "tool", "tool_name": "f", "content": "F2"}]})")
                            .chat();

  const v1::ChatMessage& calls = chat.messages(0);
  ASSERT_EQ(calls.tool_calls_size(), 3);
  EXPECT_EQ(calls.tool_calls(0).arguments().fields().at("x").number_value(), 1);
  EXPECT_EQ(calls.tool_calls(0).id(), "call00000");
  EXPECT_EQ(calls.tool_calls(2).id(), "mine");
  EXPECT_EQ(chat.messages(1).tool_call_id(), calls.tool_calls(1).id());
  EXPECT_EQ(chat.messages(2).tool_call_id(), calls.tool_calls(0).id());
  EXPECT_EQ(chat.messages(3).tool_call_id(), "mine");
}

TEST(FromOllamaChatTest, AnswersCallsOfToolsByTheirIdsOrInOrder) {
  const v1::Chat chat = Read(R"({"messages": [
      {"role": "assistant", "tool_calls": [
        {"id": "a", "function": {"name": "f"}},
        {"id": "b", "function": {"name": "f"}}]},
      {"role": "tool", "tool_call_id": "b", "tool_name": "f", "content": "B"},
      {"role": "tool", "content": "A"}]})")
                            .chat();

  EXPECT_EQ(chat.messages(1).tool_call_id(), "b");
  EXPECT_EQ(chat.messages(2).tool_call_id(), "a");
  EXPECT_EQ(Refused(R"({"messages": [{"role": "tool", "tool_name": "f"}]})"),
            "messages[0].tool_name");
}

TEST(FromOllamaChatTest, TakesOptions) {
  const v1::RunInferenceRequest request = ReadOptions(R"({
      "temperature": 0, "top_k": 20, "top_p": 0.9, "min_p": 0.1,
      "typical_p": 0.7, "repeat_last_n": 33, "repeat_penalty": 1.2,
      "presence_penalty": 1.5, "frequency_penalty": 1.0, "seed": 42,
      "mirostat": 2, "mirostat_tau": 3, "mirostat_eta": 0.2,
      "num_predict": 100, "stop": ["\n", "user:"], "num_ctx": 1024,
      "num_batch": 2, "num_gpu": 1, "num_thread": 8, "main_gpu": 0,
      "use_mmap": true, "num_keep": 5, "numa": false})");

  const v1::Sampling& sampling = request.sampling();
  EXPECT_TRUE(sampling.has_temperature());
  EXPECT_EQ(sampling.temperature(), 0);
  EXPECT_EQ(sampling.top_k(), 20);
  EXPECT_EQ(sampling.top_p(), 0.9);
  EXPECT_EQ(sampling.min_p(), 0.1);
  EXPECT_EQ(sampling.typical_p(), 0.7);
  EXPECT_EQ(sampling.penalty_last_tokens(), 33);
  EXPECT_EQ(sampling.repetition_penalty(), 1.2);
  EXPECT_EQ(sampling.presence_penalty(), 1.5);
  EXPECT_EQ(sampling.frequency_penalty(), 1.0);
  EXPECT_EQ(sampling.seed(), 42);
  EXPECT_EQ(sampling.mirostat().tau(), 3);
  EXPECT_EQ(sampling.mirostat().eta(), 0.2);
  EXPECT_EQ(request.max_tokens(), 100);
  EXPECT_THAT(request.stop(), ElementsAre("\n", "user:"));
  EXPECT_EQ(request.load().sequence_length(), 1024);
  EXPECT_EQ(request.load().micro_batch_size(), 2);
  EXPECT_EQ(request.load().gpu_layers(), 1);
  EXPECT_EQ(request.load().thread_count(), 8);
}

TEST(FromOllamaChatTest, LeavesOpenWhatTheApiLeavesOpen) {
  const v1::RunInferenceRequest request = ReadOptions(
      R"({"seed": -1, "num_predict": -1, "num_gpu": -1, "num_thread": 0,
          "num_ctx": 0, "mirostat": 0, "mirostat_tau": 5})");

  EXPECT_FALSE(request.sampling().has_seed());
  EXPECT_FALSE(request.sampling().has_mirostat());
  EXPECT_FALSE(request.has_max_tokens());
  EXPECT_FALSE(request.load().has_gpu_layers());
  EXPECT_FALSE(request.load().has_thread_count());
  EXPECT_FALSE(request.load().has_sequence_length());
  EXPECT_FALSE(ReadOptions(R"({"num_predict": -2})").has_max_tokens());
  EXPECT_EQ(ReadOptions(R"({"num_gpu": 0})").load().gpu_layers(), 0);
  EXPECT_TRUE(ReadOptions(R"({"num_gpu": 0})").load().has_gpu_layers());
}

TEST(FromOllamaChatTest, KeepsModelsAsLongAsAsked) {
  const auto seconds = [](const char* keep_alive) {
    return Read(absl::StrCat(R"({"keep_alive": )", keep_alive, "}").c_str())
        .load()
        .idle_ttl()
        .seconds();
  };

  EXPECT_EQ(seconds("300"), 300);
  EXPECT_EQ(seconds("\"5m\""), 300);
  EXPECT_EQ(seconds("\"1h30m\""), 5400);
  // The least that there is, and 292 years.
  EXPECT_EQ(seconds("0"), 1);
  EXPECT_EQ(seconds("\"0\""), 1);
  EXPECT_EQ(seconds("\"300ms\""), 1);
  EXPECT_EQ(seconds("-1"), 9'223'372'036);
  EXPECT_EQ(seconds("\"-1m\""), 9'223'372'036);
  EXPECT_EQ(seconds("1e300"), 9'223'372'036);
  EXPECT_FALSE(FromOllamaChat(Chat(R"({"keep_alive": "0s"})"))->is_kept);
  EXPECT_TRUE(FromOllamaChat(Chat(R"({"keep_alive": 0.5})"))->is_kept);
  EXPECT_TRUE(FromOllamaChat(Chat("{}"))->is_kept);
  EXPECT_EQ(Refused(R"({"keep_alive": "soon"})"), "keep_alive");
  EXPECT_EQ(Refused(R"({"keep_alive": true})"), "keep_alive");
}

TEST(FromOllamaChatTest, TakesFormatsOfTheAnswer) {
  EXPECT_EQ(Read(R"({"format": "json"})").json_schema(),
            R"({"type":"object"})");
  EXPECT_EQ(Read(R"({"format": {"enum": [1]}})").json_schema(),
            R"({"enum":[1]})");
  EXPECT_FALSE(Read(R"({"format": ""})").has_json_schema());
  EXPECT_FALSE(Read(R"({"format": null})").has_json_schema());
  EXPECT_EQ(Refused(R"({"format": "xml"})"), "format");
}

TEST(FromOllamaChatTest, TakesToolsThoughtsAndLogprobs) {
  const v1::RunInferenceRequest request = Read(R"({
      "tools": [{"type": "function", "function": {"name": "f",
        "description": "d", "parameters": {"type": "object"}}}],
      "think": "high", "logprobs": true, "top_logprobs": 3})");

  EXPECT_EQ(request.chat().tools(0).name(), "f");
  EXPECT_EQ(request.chat().tools(0).parameters_schema(),
            R"({"type":"object"})");
  EXPECT_TRUE(request.chat().thinking());
  EXPECT_EQ(request.top_logprobs(), 3);
  EXPECT_TRUE(Read(R"({"think": false})").chat().has_thinking());
  EXPECT_FALSE(Read(R"({"think": false})").chat().thinking());
  EXPECT_FALSE(Read("{}").chat().has_thinking());
  EXPECT_FALSE(Read(R"({"top_logprobs": 3})").has_top_logprobs());
  EXPECT_EQ(Refused(R"({"think": "hard"})"), "think");
}

TEST(FromOllamaChatTest, StreamsUnlessAskedNotTo) {
  EXPECT_TRUE(FromOllamaChat(Chat("{}"))->is_streamed);
  EXPECT_FALSE(FromOllamaChat(Chat(R"({"stream": false})"))->is_streamed);
}

TEST(FromOllamaChatTest, HasNoInputWithoutMessages) {
  EXPECT_FALSE(Read(R"({"messages": []})").has_chat());
  EXPECT_FALSE(Read(R"({"messages": null, "think": true})").has_chat());
}

TEST(FromOllamaChatTest, IgnoresWhatTheApiDoesNotHave) {
  EXPECT_THAT(
      FromOllamaChat(Chat(R"({"colour": "red", "options": {"tfs_z": 2}})")),
      IsOk());
}

TEST(FromOllamaChatTest, RefusesByNameWhatWeDoNotHave) {
  EXPECT_EQ(Refused(R"({"messages": [{"role": "user", "images": ["aGk="]}]})"),
            "messages[0].images");
  EXPECT_EQ(Refused(R"({"shift": true})"), "shift");
  EXPECT_EQ(Refused(R"({"options": {"mirostat": 1}})"), "options.mirostat");
  EXPECT_EQ(Refused(R"({"options": {"main_gpu": 1}})"), "options.main_gpu");
  EXPECT_EQ(Refused(R"({"options": {"use_mmap": false}})"), "options.use_mmap");
}

TEST(FromOllamaChatTest, SaysWhereATypeIsWrong) {
  EXPECT_EQ(Refused(R"({"model": null})"), "model");
  EXPECT_EQ(Refused(R"({"messages": {}})"), "messages");
  EXPECT_EQ(Refused(R"({"messages": [5]})"), "messages[0]");
  EXPECT_EQ(Refused(R"({"messages": [{"content": 5}]})"),
            "messages[0].content");
  EXPECT_EQ(Refused(R"({"messages": [{"role": "assistant", "tool_calls": [
                {"function": {"name": "f", "arguments": [1]}}]}]})"),
            "messages[0].tool_calls[0].function.arguments");
  EXPECT_EQ(Refused(R"({"options": 5})"), "options");
  EXPECT_EQ(Refused(R"({"options": {"top_k": 1.5}})"), "options.top_k");
  EXPECT_EQ(Refused(R"({"options": {"stop": [1]}})"), "options.stop");
  EXPECT_EQ(Refused(R"({"options": {"num_ctx": "long"}})"), "options.num_ctx");
  EXPECT_EQ(Refused(R"({"stream": "yes"})"), "stream");
  EXPECT_THAT(
      FromOllamaChat(Chat(R"({"options": {"temperature": "hot"}})")),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("options.temperature"), HasSubstr("hot"))));
  EXPECT_THAT(FromOllamaChat(json::array()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FromOllamaGenerateTest, AsksTheModelAsAChat) {
  const auto read = FromOllamaGenerate(json::parse(
      R"({"model": "demo", "prompt": "Hi", "system": "Be short.",
          "think": true})"));

  ASSERT_THAT(read, IsOk());
  const v1::Chat& chat = read->request.chat();
  ASSERT_EQ(chat.messages_size(), 2);
  EXPECT_EQ(chat.messages(0).role(), "system");
  EXPECT_EQ(chat.messages(0).content(), "Be short.");
  EXPECT_EQ(chat.messages(1).role(), "user");
  EXPECT_EQ(chat.messages(1).content(), "Hi");
  EXPECT_TRUE(chat.thinking());
}

TEST(FromOllamaGenerateTest, ContinuesARawPromptAsItIs) {
  const auto read = FromOllamaGenerate(
      json::parse(R"({"model": "demo", "prompt": "A token is", "raw": true})"));

  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->request.prompt(), "A token is");
  EXPECT_EQ(RefusedPrompt(R"({"raw": true, "system": "x"})"), "system");
}

TEST(FromOllamaGenerateTest, HasNoInputWithoutAPrompt) {
  const auto read = FromOllamaGenerate(json::parse(
      R"({"model": "demo", "prompt": "", "system": "x", "keep_alive": 0})"));

  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->request.input_case(), v1::RunInferenceRequest::INPUT_NOT_SET);
  EXPECT_FALSE(read->is_kept);
}

TEST(FromOllamaGenerateTest, RefusesByNameWhatWeDoNotHave) {
  EXPECT_EQ(RefusedPrompt(R"({"suffix": "x"})"), "suffix");
  EXPECT_EQ(RefusedPrompt(R"({"template": "x"})"), "template");
  EXPECT_EQ(RefusedPrompt(R"({"images": ["aGk="]})"), "images");
  EXPECT_EQ(RefusedPrompt(R"({"context": [1, 2]})"), "context");
  EXPECT_EQ(RefusedPrompt(R"({"suffix": "", "context": []})"), "none");
}

TEST(FromOllamaEmbedTest, TakesTexts) {
  const auto texts = [](const char* input) {
    const auto read = FromOllamaEmbed(json::parse(
        absl::StrCat(R"({"model": "demo", "input": )", input, "}")));
    EXPECT_THAT(read, IsOk());
    return read->texts();
  };
  const auto field = [](const char* text) {
    return FieldOf(FromOllamaEmbed(json::parse(text)).status());
  };

  EXPECT_THAT(texts(R"("a")"), ElementsAre("a"));
  EXPECT_THAT(texts(R"(["a", "b"])"), ElementsAre("a", "b"));
  EXPECT_THAT(texts("[]"), IsEmpty());
  EXPECT_THAT(texts(R"("")"), IsEmpty());
  EXPECT_EQ(field(R"({"model": "m", "input": "a", "dimensions": 5})"),
            "dimensions");
  EXPECT_EQ(field(R"({"model": "m", "input": [1]})"), "input");
  EXPECT_EQ(field(R"({"model": "m", "input": "a", "truncate": 1})"),
            "truncate");
}

TEST(FromOllamaEmbeddingsTest, TakesOneText) {
  const auto read = FromOllamaEmbeddings(json::parse(
      R"({"model": "demo", "prompt": "a", "options": {"num_ctx": 64}})"));

  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(read->texts(), ElementsAre("a"));
  EXPECT_FALSE(read->normalize());
  EXPECT_TRUE(read->has_normalize());
  EXPECT_EQ(read->load().sequence_length(), 64);
  EXPECT_EQ(FieldOf(FromOllamaEmbeddings(
                        json::parse(R"({"model": "m", "prompt": ["a"]})"))
                        .status()),
            "prompt");
}

TEST(FromOllamaShowTest, TakesANameByEitherWord) {
  EXPECT_THAT(FromOllamaShow({{"model", "demo"}}), IsOkAndHolds("demo"));
  EXPECT_THAT(FromOllamaShow({{"name", "demo"}}), IsOkAndHolds("demo"));
  EXPECT_EQ(FieldOf(FromOllamaShow(json::object()).status()), "model");
}

}  // namespace
}  // namespace hwledger
