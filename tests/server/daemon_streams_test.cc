#include <signal.h>

#include <chrono>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/endless_model.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

class DaemonStreamsTest : public DaemonTest {
 protected:
  // One call, and the last it was told.
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::RunInferenceResponse>> reader;
    v1::RunInferenceResponse event;

    template <typename Condition>
    void ReadUntil(const Condition& condition) {
      while (!condition(event)) ASSERT_TRUE(reader->Read(&event));
    }
  };

  std::unique_ptr<Call> Start(const v1::RunInferenceRequest& request) {
    auto call = std::make_unique<Call>();
    call->reader = runner_->RunInference(&call->context, request);
    return call;
  }
  static bool HasToken(const v1::RunInferenceResponse& event) {
    return event.has_token();
  }
  static bool IsQueued(const v1::RunInferenceResponse& event) {
    return event.has_queued();
  }

  void LoadEndless(const std::string& model_id, int32_t slot_count) {
    v1::LoadModelRequest request;
    request.set_model_id(model_id);
    *request.mutable_options() = EndlessOptions(slot_count);
    grpc::ClientContext context;
    const auto reader = library_->LoadModel(&context, request);
    v1::LoadModelResponse response;
    while (reader->Read(&response)) {
    }
    ASSERT_TRUE(reader->Finish().ok());
  }

  // Whether the daemon reports that it serves.
  bool Serves() {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    const auto health = grpc::health::v1::Health::NewStub(channel_);
    EXPECT_TRUE(health->Check(&context, {}, &response).ok());
    return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }
};

// What was sent to a client that does not read, and what waits for it, does not
// grow with what others generate.
TEST_F(DaemonStreamsTest, StallAloneWhenTheirReaderIsSlow) {
  const std::string model = EndlessModel(std::string(1'000, 'x')).Write("long");
  LoadEndless(model, /*slot_count=*/2);
  // A connection of its own, whose window stays at 64 KiB: that of others grows
  // with what they read.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const auto stub = v1::InferenceRunner::NewStub(
      grpc::CreateCustomChannel(absl::StrCat("unix:", config_.socket_path),
                                grpc::InsecureChannelCredentials(), arguments));
  const auto slow = std::make_unique<Call>();
  slow->reader = stub->RunInference(&slow->context, EndlessRequest(model));
  slow->ReadUntil(HasToken);
  v1::RunInferenceRequest quick = EndlessRequest(model);
  quick.set_max_tokens(1'000);

  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Run(quick).status.ok());

  EXPECT_EQ(Loaded().at(0).active_requests(), 1);
  kill(Loaded().at(0).process_id(), SIGKILL);
  int64_t tokens = 0;
  while (slow->reader->Read(&slow->event)) {
    tokens += slow->event.token().token_count();
  }
  EXPECT_EQ(slow->reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_LT(tokens, 2'000);
}

TEST_F(DaemonStreamsTest, TakeTurnsByUser) {
  const std::string model = EndlessModel().Write("turns");
  LoadEndless(model, /*slot_count=*/1);
  v1::RunInferenceRequest busy = EndlessRequest(model);
  busy.set_user("busy");
  v1::RunInferenceRequest other = EndlessRequest(model);
  other.set_user("other");
  const auto running = Start(busy);
  running->ReadUntil(HasToken);
  std::vector<std::unique_ptr<Call>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(Start(busy));
    waiting.back()->ReadUntil(IsQueued);
  }

  const auto late = Start(other);
  late->ReadUntil(IsQueued);

  EXPECT_EQ(late->event.queued().position(), 1);
}

TEST_F(DaemonStreamsTest, FinishWhileTheDaemonStops) {
  const pid_t runner = Load(/*slot_count=*/1).process_id();
  kill(runner, SIGSTOP);  // So that it runs until all has been looked at.
  const auto running = Start(Asking("Hello"));
  ASSERT_TRUE(Await([this] { return Loaded().at(0).active_requests() > 0; }));
  std::thread stopping([&] { daemon_->Stop(absl::Minutes(1)); });

  EXPECT_TRUE(Await([this] { return !Serves(); }));
  // One that came just before waits for the runner.
  grpc::Status refused;
  EXPECT_TRUE(Await([&] {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(1));
    refused = Read(*runner_->RunInference(&context, Asking("Hello"))).status;
    return refused.error_code() == grpc::StatusCode::UNAVAILABLE;
  }));
  kill(runner, SIGCONT);
  const Heard heard = Read(*running->reader);
  stopping.join();

  EXPECT_THAT(refused, IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                                   HasSubstr("stopping")));
  EXPECT_TRUE(heard.status.ok()) << heard.status.error_message();
  EXPECT_TRUE(heard.events.back().has_completion());
}

}  // namespace
}  // namespace hwledger
