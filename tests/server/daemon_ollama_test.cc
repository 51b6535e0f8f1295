#include <thread>

#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "tests/server/await.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/endless_model.h"
#include "tests/server/http_client.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DaemonOllamaTest : public DaemonTest {
 protected:
  HttpClient Connect() const { return HttpClient(daemon_->http_port()); }
  HttpReply Post(const std::string& path, const json& body) const {
    return Connect().Post(path, body.dump());
  }
  json Get(const std::string& path) const {
    return json::parse(Connect().Get(path).body);
  }
  static json Chat(const std::string& question) {
    return {{"model", "demo:latest"},
            {"stream", false},
            {"options", {{"temperature", 0}}},
            {"messages", {{{"role", "user"}, {"content", question}}}}};
  }
  // A prompt that is continued for many seconds.
  static json Endless(const std::string& model) {
    return {{"model", model},
            {"prompt", ">"},
            {"raw", true},
            {"options",
             {{"temperature", 0}, {"num_ctx", 100'000}, {"num_thread", 1}}}};
  }
  static std::vector<json> LinesOf(const std::string& body) {
    std::vector<json> lines;
    for (std::string_view line : absl::StrSplit(body, '\n', absl::SkipEmpty()))
      lines.push_back(json::parse(line));
    return lines;
  }
  bool IsGenerating() {
    return !Loaded().empty() && Loaded()[0].active_requests() > 0;
  }
};

TEST_F(DaemonOllamaTest, TellsWhatThereIs) {
  const json models = Get("/api/tags")["models"];
  const json shown = json::parse(Post("/api/show", {{"model", "demo"}}).body);
  const HttpReply unknown = Post("/api/show", {{"model", "no-such"}});

  ASSERT_EQ(models.size(), 1);
  EXPECT_EQ(models[0]["name"], "demo");
  EXPECT_GT(models[0]["size"], 0);
  EXPECT_EQ(shown["model_info"]["general.architecture"], "llama");
  EXPECT_GT(shown["model_info"]["llama.context_length"], 0);
  EXPECT_EQ(shown["details"], models[0]["details"]);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(json::parse(unknown.body)["error"], HasSubstr("no-such"));
}

TEST_F(DaemonOllamaTest, IsThereForClientsThatLook) {
  HttpClient client = Connect();
  const auto status_of_head = [&](const std::string& path) {
    client.Send(
        absl::StrCat("HEAD ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    return client.ReadHead().status;
  };

  EXPECT_EQ(status_of_head("/"), 200);
  EXPECT_EQ(status_of_head("/api/version"), 200);
  EXPECT_EQ(status_of_head("/api/tags"), 200);
  // Editors refuse what is older than 0.6.4.
  EXPECT_THAT(std::vector<std::string>(absl::StrSplit(
                  Get("/api/version")["version"].get<std::string>(), '.')),
              ElementsAre("0", "12", "11"));
  EXPECT_THAT(client.Get("/").body, HasSubstr("/api/chat"));
}

TEST_F(DaemonOllamaTest, ChatsAsOverGrpc) {
  const Heard expected = Run(Asking("What is a token?"));

  const HttpReply reply = Post("/api/chat", Chat("What is a token?"));

  ASSERT_EQ(reply.status, 200) << reply.body;
  const json answer = json::parse(reply.body);
  EXPECT_EQ(answer["model"], "demo:latest");
  EXPECT_EQ(answer["message"]["content"], expected.text());
  EXPECT_EQ(answer["done_reason"], "stop");
  EXPECT_EQ(answer["eval_count"],
            expected.completion().usage().completion_tokens());
  EXPECT_GT(answer["eval_duration"], 0);
  EXPECT_GE(answer["total_duration"], answer["eval_duration"]);
}

TEST_F(DaemonOllamaTest, StreamsAChatByItself) {
  const std::string expected = Run(Asking("What is a token?")).text();
  json body = Chat("What is a token?");
  body.erase("stream");

  const HttpReply reply = Post("/api/chat", body);

  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson");
  const std::vector<json> lines = LinesOf(reply.body);
  ASSERT_GT(lines.size(), 2);
  std::string text;
  for (const json& line : lines) {
    text += line["message"]["content"].get<std::string>();
    EXPECT_EQ(line["done"], &line == &lines.back());
  }
  EXPECT_EQ(text, expected);
  EXPECT_EQ(lines.back()["done_reason"], "stop");
}

TEST_F(DaemonOllamaTest, AnswersInTheFormThatIsAskedFor) {
  json body = Chat("What is a token?");
  body["format"] = {{"enum", {"yes", "no"}}};

  const json answer = json::parse(Post("/api/chat", body).body);

  EXPECT_THAT(answer["message"]["content"],
              testing::AnyOf("\"yes\"", "\"no\""));
}

TEST_F(DaemonOllamaTest, AnswersAPromptAsAChat) {
  const std::string expected = Run(Asking("What is a token?")).text();

  const json answer =
      json::parse(Post("/api/generate", {{"model", "demo"},
                                         {"prompt", "What is a token?"},
                                         {"stream", false},
                                         {"options", {{"temperature", 0}}}})
                      .body);

  EXPECT_EQ(answer["response"], expected);
}

TEST_F(DaemonOllamaTest, ContinuesARawPrompt) {
  v1::RunInferenceRequest request = Asking("");
  request.set_prompt("A token is");
  request.set_max_tokens(3);
  const std::string expected = Run(request).text();

  const json answer =
      json::parse(Post("/api/generate",
                       {{"model", "demo"},
                        {"prompt", "A token is"},
                        {"raw", true},
                        {"stream", false},
                        {"logprobs", true},
                        {"options", {{"temperature", 0}, {"num_predict", 3}}}})
                      .body);

  EXPECT_EQ(answer["response"], expected);
  EXPECT_EQ(answer["done_reason"], "length");
  EXPECT_EQ(answer["logprobs"].size(), 3);
}

TEST_F(DaemonOllamaTest, FindsOllamasModelsByTheirOwnNames) {
  AddOllamaToy();
  json body = Chat("Hello");

  body["model"] = "toy";
  const HttpReply reply = Post("/api/chat", body);

  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body)["model"], "toy");
  EXPECT_EQ(Get("/api/tags")["models"][1]["name"], "toy:latest");
  EXPECT_EQ(Get("/api/ps")["models"][0]["name"], "toy:latest");
}

TEST_F(DaemonOllamaTest, LoadsAndUnloadsWhereThereIsNothingToSay) {
  const json loaded =
      json::parse(Post("/api/generate", {{"model", "demo"},
                                         {"keep_alive", "10m"},
                                         {"options", {{"num_ctx", 512}}}})
                      .body);
  const json processes = Get("/api/ps")["models"];
  const json unloaded = json::parse(
      Post("/api/chat", {{"model", "demo"}, {"keep_alive", 0}}).body);

  EXPECT_EQ(loaded["done_reason"], "load");
  EXPECT_EQ(loaded["response"], "");
  ASSERT_EQ(processes.size(), 1);
  EXPECT_EQ(processes[0]["context_length"], 512);
  EXPECT_GT(processes[0]["size"], 0);
  EXPECT_EQ(processes[0]["digest"], Get("/api/tags")["models"][0]["digest"]);
  EXPECT_EQ(unloaded["done_reason"], "unload");
  EXPECT_EQ(unloaded["message"]["content"], "");
  EXPECT_THAT(Loaded(), IsEmpty());
}

TEST_F(DaemonOllamaTest, KeepsWhatIsLoadedAsLongAsAsked) {
  Load(/*slot_count=*/1);
  json body = Chat("Hello");
  body["keep_alive"] = "1h";
  ASSERT_EQ(Post("/api/chat", body).status, 200);
  EXPECT_EQ(Loaded().at(0).idle_ttl().seconds(), 3600);

  body["keep_alive"] = "2h";
  body["stream"] = true;
  ASSERT_EQ(Post("/api/chat", body).status, 200);
  EXPECT_EQ(Loaded().at(0).idle_ttl().seconds(), 7200);

  ASSERT_EQ(Post("/api/embed",
                 {{"model", "demo"}, {"input", "a"}, {"keep_alive", -1}})
                .status,
            200);
  EXPECT_EQ(Loaded().at(0).idle_ttl().seconds(), 9'223'372'036);
}

TEST_F(DaemonOllamaTest, BreaksNothingOffToUnload) {
  const std::string model = EndlessModel().Write("ollama-unload");
  HttpClient client = Connect();
  client.SendPost("/api/generate", Endless(model).dump());
  ASSERT_TRUE(Await([&] { return IsGenerating(); }));

  const HttpReply unloaded =
      Post("/api/generate", {{"model", model}, {"keep_alive", 0}});

  EXPECT_EQ(unloaded.status, 200) << unloaded.body;
  ASSERT_EQ(Loaded().size(), 1);
  EXPECT_EQ(Loaded()[0].active_requests(), 1);
  EXPECT_EQ(Loaded()[0].idle_ttl().seconds(), 1);
}

TEST_F(DaemonOllamaTest, EmbedsTexts) {
  const json two = json::parse(
      Post("/api/embed", {{"model", "demo"}, {"input", {"a", "b"}}}).body);
  const json one = json::parse(
      Post("/api/embeddings", {{"model", "demo"}, {"prompt", "a"}}).body);
  const json none = json::parse(Post("/api/embed", {{"model", "demo"}}).body);

  ASSERT_EQ(two["embeddings"].size(), 2);
  EXPECT_GT(two["embeddings"][1].size(), 10);
  EXPECT_GT(two["prompt_eval_count"], 0);
  EXPECT_EQ(one["embedding"].size(), two["embeddings"][0].size());
  EXPECT_EQ(none["embeddings"], json::array());
}

TEST_F(DaemonOllamaTest, TellsErrorsInTheApisForm) {
  const auto error_of = [](const HttpReply& reply) {
    return json::parse(reply.body)["error"].get<std::string>();
  };
  json unknown = Chat("Hello");
  unknown["model"] = "no-such-model";
  unknown["stream"] = true;
  json range = Chat("Hello");
  range["options"]["temperature"] = 900;
  HttpClient client = Connect();

  EXPECT_EQ(Post("/api/chat", unknown).status, 404);
  const HttpReply out_of_range = Post("/api/chat", range);
  EXPECT_EQ(out_of_range.status, 400);
  EXPECT_THAT(error_of(out_of_range),
              AllOf(HasSubstr("temperature"), HasSubstr("900")));
  EXPECT_THAT(error_of(client.Post("/api/chat", "{\"model\"")),
              HasSubstr("not JSON"));
  EXPECT_THAT(error_of(client.Post("/api/chat", "[]")), HasSubstr("object"));
  EXPECT_EQ(client.Get("/api/chat").status, 404);
  EXPECT_EQ(client.Get("/api/no-such-path").status, 404);
  const HttpReply pull = Post("/api/pull", {{"model", "llama3.2"}});
  EXPECT_EQ(pull.status, 501);
  EXPECT_THAT(error_of(pull), HasSubstr("/api/pull"));
  EXPECT_EQ(client.Get("/api/blobs/sha256:0").status, 501);
}

TEST_F(DaemonOllamaTest, EndsAStreamThatFailsWithTheError) {
  const std::string model = EndlessModel().Write("ollama-stop");
  HttpClient client = Connect();
  client.SendPost("/api/generate", Endless(model).dump());
  ASSERT_EQ(client.ReadHead().status, 200);
  std::thread stopping([&] { daemon_->Stop(absl::ZeroDuration()); });

  const std::string last = client.ReadLastPiece();
  stopping.join();

  EXPECT_THAT(LinesOf(last).at(0)["error"], HasSubstr("stopping"));
}

TEST_F(DaemonOllamaTest, CancelsTheGenerationOfAClientThatGoesAway) {
  const std::string model = EndlessModel().Write("ollama");
  {
    HttpClient client = Connect();
    client.SendPost("/api/generate", Endless(model).dump());
    ASSERT_TRUE(Await([&] { return IsGenerating(); }));
  }

  ASSERT_TRUE(Await([&] { return Loaded()[0].active_requests() == 0; }));
  EXPECT_EQ(Loaded()[0].counts().cancelled_count(), 1);
}

}  // namespace
}  // namespace hwledger
