#include <thread>

#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "tests/server/await.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/endless_model.h"
#include "tests/server/http_client.h"
#include "tests/server/http_events.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr char kPlannerPath[] = "/hwledger.v1.Planner/EstimateVram";
constexpr char kInferencePath[] = "/hwledger.v1.InferenceRunner/RunInference";
constexpr char kLibraryPath[] = "/hwledger.v1.ModelLibrary/";

std::string ToJson(const google::protobuf::Message& message) {
  std::string text;
  CHECK(google::protobuf::util::MessageToJsonString(message, &text).ok());
  return text;
}

class DaemonHttpTest : public DaemonTest {
 protected:
  HttpClient Connect() const { return HttpClient(daemon_->http_port()); }
  HttpReply Post(const std::string& path, const std::string& body) const {
    return Connect().Post(path, body);
  }
  // The status of a stream whose pieces `client` then has to read.
  static int BeginEndless(HttpClient& client, const std::string& model) {
    client.SendPost(kInferencePath, ToJson(EndlessRequest(model)));
    return client.ReadHead().status;
  }
};

TEST_F(DaemonHttpTest, AnswersInJsonAsOverGrpc) {
  v1::MemoryPrediction expected;
  ASSERT_TRUE(Estimate(Question("llama-3.1-8b"), &expected).ok());

  const HttpReply reply = Post(
      kPlannerPath, R"({"model_id": "llama-3.1-8b", "sequenceLength": 256})");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  const json answer = json::parse(reply.body);
  EXPECT_EQ(answer["weightsBytes"], std::to_string(expected.weights_bytes()));
  EXPECT_EQ(answer["kvCacheBytes"], std::to_string(expected.kv_cache_bytes()));
}

TEST_F(DaemonHttpTest, AnswersInProtobufsOwnEncoding) {
  v1::MemoryPrediction expected;
  ASSERT_TRUE(Estimate(Question("llama-3.1-8b"), &expected).ok());

  const HttpReply reply =
      Connect().Post(kPlannerPath, Question("llama-3.1-8b").SerializeAsString(),
                     "Content-Type: application/proto\r\n");

  EXPECT_EQ(reply.headers.at("content-type"), "application/proto");
  v1::MemoryPrediction prediction;
  ASSERT_TRUE(prediction.ParseFromString(reply.body));
  EXPECT_EQ(prediction.weights_bytes(), expected.weights_bytes());
}

TEST_F(DaemonHttpTest, AnswersAGetOfWhatChangesNothing) {
  HttpClient client = Connect();

  const HttpReply model = client.Get(absl::StrCat(
      kLibraryPath,
      "GetModel?encoding=json&message=", "%7B%22model_id%22:%22demo%22%7D"));
  const HttpReply unload =
      client.Get(absl::StrCat(kLibraryPath, "UnloadModel"));

  EXPECT_EQ(json::parse(model.body)["model"]["modelId"], "demo");
  EXPECT_EQ(unload.status, 405);
}

TEST_F(DaemonHttpTest, SaysWhatIsWrongWithTheJson) {
  const auto wrong = [&](const std::string& body) {
    const HttpReply reply = Post(kPlannerPath, body);
    EXPECT_EQ(reply.status, 400) << reply.body;
    const json error = json::parse(reply.body);
    EXPECT_EQ(error["code"], "invalid_argument");
    return error["message"].get<std::string>();
  };

  EXPECT_THAT(wrong(R"({"modell_id": "demo"})"), HasSubstr("modell_id"));
  EXPECT_THAT(wrong(R"({"model_id": })"), HasSubstr("Unexpected token"));
  EXPECT_THAT(wrong(R"({"sequence_length": "many"})"),
              AllOf(HasSubstr("sequence_length"), HasSubstr("many")));
  EXPECT_THAT(wrong("{\"model_id\": \"\xff\"}"), HasSubstr("UTF-8"));
  EXPECT_THAT(wrong(std::string(100'000, '[')), HasSubstr("EstimateVram"));
  EXPECT_THAT(wrong(""), HasSubstr("empty"));
}

TEST_F(DaemonHttpTest, TellsErrorsAsOverGrpc) {
  const HttpReply unknown = Post(kPlannerPath, R"({"model_id": "no-such"})");
  const HttpReply field =
      Post(kPlannerPath, R"({"model_id": "demo", "sequence_length": -1})");

  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json::parse(unknown.body)["code"], "not_found");
  EXPECT_EQ(field.status, 400);
  EXPECT_THAT(json::parse(field.body)["message"], HasSubstr("sequence_length"));
  EXPECT_EQ(json::parse(field.body)["details"][0]["type"],
            "google.rpc.BadRequest");
}

TEST_F(DaemonHttpTest, EndsACallAtItsTime) {
  const HttpReply reply = Connect().Post(
      kInferencePath, ToJson(Asking("Hello")),
      "Content-Type: application/json\r\nConnect-Timeout-Ms: 0\r\n");

  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(json::parse(reply.body)["code"], "deadline_exceeded");
}

TEST_F(DaemonHttpTest, StreamsEvents) {
  const std::string expected = Run(Asking("What is a token?")).text();

  const HttpReply reply =
      Post(kInferencePath, ToJson(Asking("What is a token?")));

  EXPECT_EQ(reply.headers.at("content-type"), "text/event-stream");
  const std::vector<HttpEvent> events = EventsOf(reply.body);
  ASSERT_GT(events.size(), 2);
  std::string text;
  for (const HttpEvent& event : events) {
    if (event.data.contains("token")) {
      text += event.data["token"]["text"].get<std::string>();
    }
  }
  EXPECT_EQ(text, expected);
  EXPECT_EQ(events[events.size() - 2].data["completion"]["fullText"], expected);
  EXPECT_EQ(events.back().name, "end");
  EXPECT_EQ(events.back().data, json::object());
}

TEST_F(DaemonHttpTest, AnswersAStreamThatFailsAtOnceWithAnError) {
  v1::RunInferenceRequest request = Asking("Hello");
  request.set_model_id("no-such-model");

  const HttpReply reply = Post(kInferencePath, ToJson(request));

  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(json::parse(reply.body)["code"], "not_found");
}

TEST_F(DaemonHttpTest, StreamsEnvelopesForClientsOfConnect) {
  const std::string message = ToJson(Asking("What is a token?"));
  std::string body(5, '\0');
  body[3] = static_cast<char>(message.size() >> 8);
  body[4] = static_cast<char>(message.size());

  const HttpReply reply =
      Connect().Post(kInferencePath, body + message,
                     "Content-Type: application/connect+json\r\n");

  EXPECT_EQ(reply.headers.at("content-type"), "application/connect+json");
  EXPECT_THAT(reply.body, EndsWith(std::string("\2\0\0\0\2{}", 7)));
  EXPECT_THAT(reply.body, HasSubstr(R"("completion":{)"));
}

TEST_F(DaemonHttpTest, CancelsTheCallOfAClientThatGoesAway) {
  const std::string model = EndlessModel().Write("http");
  {
    HttpClient client = Connect();
    ASSERT_EQ(BeginEndless(client, model), 200);
    std::string heard;
    while (heard.find("\"token\"") == heard.npos) {
      heard = client.ReadPiece();
      ASSERT_FALSE(heard.empty());
    }
    EXPECT_EQ(Loaded().at(0).active_requests(), 1);
  }

  ASSERT_TRUE(Await([&] { return Loaded().at(0).active_requests() == 0; }));
  EXPECT_EQ(Loaded().at(0).counts().cancelled_count(), 1);
}

TEST_F(DaemonHttpTest, EndsRunningStreamsWithTheReasonWhenItStops) {
  const std::string model = EndlessModel().Write("http-stop");
  HttpClient client = Connect();
  ASSERT_EQ(BeginEndless(client, model), 200);
  HttpClient idle = Connect();
  ASSERT_EQ(idle.Get("/healthz").status, 200);
  std::thread stopping([&] { daemon_->Stop(absl::ZeroDuration()); });

  const std::string last = client.ReadLastPiece();
  stopping.join();

  EXPECT_THAT(last, AllOf(HasSubstr("event: end"), HasSubstr("unavailable"),
                          HasSubstr("stopping")));
  EXPECT_TRUE(client.IsClosed());
  EXPECT_TRUE(idle.IsClosed());
}

TEST_F(DaemonHttpTest, SaysThatItIsReadyUntilItStops) {
  HttpClient client = Connect();
  Load(/*slot_count=*/1);
  const std::string model = EndlessModel().Write("http-ready");
  grpc::ClientContext context;
  const auto running = runner_->RunInference(&context, EndlessRequest(model));
  v1::RunInferenceResponse event;
  ASSERT_TRUE(running->Read(&event));
  ASSERT_EQ(client.Get("/readyz").body, "ready\n");

  std::thread stopping([&] { daemon_->Stop(absl::Minutes(1)); });
  EXPECT_TRUE(Await([&] { return client.Get("/readyz").status != 200; }));

  EXPECT_EQ(client.Get("/readyz").status, 503);
  EXPECT_EQ(client.Get("/healthz").status, 200);
  context.TryCancel();
  stopping.join();
}

TEST_F(DaemonHttpTest, CountsForPrometheus) {
  ASSERT_TRUE(Run(Asking("Hello")).status.ok());

  const HttpReply reply = Connect().Get("/metrics");

  EXPECT_EQ(reply.headers.at("content-type"),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(
      reply.body,
      AllOf(HasSubstr("hwledger_generations_finished_total{model=\"demo\"} 1"),
            HasSubstr("hwledger_device_free_bytes{device=\"CPU\"} ")));
}

TEST_F(DaemonHttpTest, ShowsAllThatThereIs) {
  HttpClient client = Connect();

  const std::string index = client.Get("/").body;
  const json openapi = json::parse(client.Get("/openapi.json").body);

  EXPECT_THAT(index, HasSubstr(kPlannerPath));
  EXPECT_TRUE(openapi["paths"].contains(kPlannerPath));
  EXPECT_TRUE(openapi["paths"].contains(kInferencePath));
}

TEST_F(DaemonHttpTest, KnowsNoOtherPaths) {
  HttpClient client = Connect();

  EXPECT_EQ(client.Get("/no/such/path").status, 404);
  EXPECT_EQ(client.Get("/hwledger.runner.v1.RunnerLink/Check").status, 404);
  EXPECT_EQ(client.Get("/healthz").body, "ok\n");
}

}  // namespace
}  // namespace hwledger
