#include "nlohmann/json.hpp"
#include "tests/server/await.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/endless_model.h"
#include "tests/server/http_client.h"
#include "tests/server/http_events.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class DaemonOpenAiTest : public DaemonTest {
 protected:
  HttpReply Post(const std::string& path, const json& body) const {
    return HttpClient(daemon_->http_port()).Post(path, body.dump());
  }
  static json Chat(const std::string& question) {
    return {{"model", "demo"},
            {"temperature", 0},
            {"messages", {{{"role", "user"}, {"content", question}}}}};
  }
};

TEST_F(DaemonOpenAiTest, ListsModels) {
  HttpClient client(daemon_->http_port());

  const json list = json::parse(client.Get("/v1/models").body);
  const json model = json::parse(client.Get("/v1/models/demo").body);
  const HttpReply unknown = client.Get("/v1/models/no%2Fsuch");

  EXPECT_EQ(list["data"][0]["id"], "demo");
  EXPECT_EQ(model["id"], "demo");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(json::parse(unknown.body)["error"]["message"],
              HasSubstr("no/such"));
}

TEST_F(DaemonOpenAiTest, ChatsAsOverGrpc) {
  const Heard expected = Run(Asking("What is a token?"));

  const HttpReply reply =
      Post("/v1/chat/completions", Chat("What is a token?"));

  ASSERT_EQ(reply.status, 200) << reply.body;
  const json answer = json::parse(reply.body);
  EXPECT_EQ(answer["choices"][0]["message"]["content"], expected.text());
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(answer["usage"]["completion_tokens"],
            expected.completion().usage().completion_tokens());
}

TEST_F(DaemonOpenAiTest, StreamsAChat) {
  const std::string expected = Run(Asking("What is a token?")).text();
  json body = Chat("What is a token?");
  body["stream"] = true;

  const HttpReply reply = Post("/v1/chat/completions", body);

  EXPECT_EQ(reply.headers.at("content-type"), "text/event-stream");
  const std::vector<HttpEvent> events = EventsOf(reply.body);
  ASSERT_GT(events.size(), 2);
  std::string text;
  for (const HttpEvent& event : events) {
    if (!event.data.is_object()) continue;
    text += event.data["choices"][0]["delta"].value("content", "");
  }
  EXPECT_EQ(text, expected);
  EXPECT_EQ(events[events.size() - 2].data["choices"][0]["finish_reason"],
            "stop");
  EXPECT_EQ(events.back().text, "[DONE]");
}

TEST_F(DaemonOpenAiTest, AnswersInTheFormThatIsAskedFor) {
  json body = Chat("What is a token?");
  body["response_format"] = {
      {"type", "json_schema"},
      {"json_schema", {{"name", "n"}, {"schema", {{"enum", {"yes", "no"}}}}}}};

  const json answer = json::parse(Post("/v1/chat/completions", body).body);

  EXPECT_THAT(answer["choices"][0]["message"]["content"],
              testing::AnyOf("\"yes\"", "\"no\""));
}

TEST_F(DaemonOpenAiTest, ReadsATextOfMegabytes) {
  const HttpReply reply =
      Post("/v1/completions",
           {{"model", "nowhere"}, {"prompt", std::string(3 << 20, 'a')}});

  EXPECT_EQ(reply.status, 404) << reply.body;
}

TEST_F(DaemonOpenAiTest, CompletesAText) {
  const json answer =
      json::parse(Post("/v1/completions", {{"model", "demo"},
                                           {"prompt", "A token is"},
                                           {"temperature", 0},
                                           {"max_tokens", 3},
                                           {"logprobs", 1}})
                      .body);

  const json& choice = answer["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "length");
  EXPECT_EQ(choice["logprobs"]["tokens"].size(), 3);
  std::string text;
  for (const json& token : choice["logprobs"]["tokens"]) {
    text += token.get<std::string>();
  }
  EXPECT_EQ(choice["text"], text);
}

TEST_F(DaemonOpenAiTest, EmbedsTexts) {
  const json answer = json::parse(
      Post("/v1/embeddings", {{"model", "demo"}, {"input", {"a", "b"}}}).body);

  ASSERT_EQ(answer["data"].size(), 2);
  EXPECT_GT(answer["data"][1]["embedding"].size(), 10);
  EXPECT_GT(answer["usage"]["prompt_tokens"], 0);
}

TEST_F(DaemonOpenAiTest, TellsErrorsInTheApisForm) {
  json unknown = Chat("Hello");
  unknown["model"] = "no-such-model";
  unknown["stream"] = true;
  json range = Chat("Hello");
  range["temperature"] = 900;
  HttpClient client(daemon_->http_port());

  EXPECT_EQ(Post("/v1/chat/completions", unknown).status, 404);
  EXPECT_EQ(
      json::parse(Post("/v1/chat/completions", range).body)["error"]["param"],
      "temperature");
  const HttpReply broken = client.Post("/v1/chat/completions", "{\"model\"");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(json::parse(broken.body)["error"]["message"],
              HasSubstr("not JSON"));
  EXPECT_EQ(client.Get("/v1/chat/completions").status, 404);
  EXPECT_EQ(client.Post("/v1/images/generations", "{}").status, 404);
}

TEST_F(DaemonOpenAiTest, CancelsTheGenerationOfAClientThatGoesAway) {
  const std::string model = EndlessModel().Write("openai");
  const std::string body =
      json({{"model", model}, {"prompt", ">"}, {"temperature", 0}}).dump();
  {
    HttpClient client(daemon_->http_port());
    client.SendPost("/v1/completions", body);
    ASSERT_TRUE(Await([&] {
      return !Loaded().empty() && Loaded()[0].active_requests() > 0;
    }));
  }

  ASSERT_TRUE(Await([&] { return Loaded()[0].active_requests() == 0; }));
  EXPECT_EQ(Loaded()[0].counts().cancelled_count(), 1);
}

}  // namespace
}  // namespace hwledger
