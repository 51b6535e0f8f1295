#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(DaemonTest, StreamsWhatTheCompletionHolds) {
  const Heard heard = Run(Asking("What is a KV cache?"));

  ASSERT_TRUE(heard.status.ok()) << heard.status.error_message();
  EXPECT_THAT(heard.text(), Not(IsEmpty()));
  EXPECT_EQ(heard.completion().full_text(), heard.text());
  EXPECT_EQ(heard.completion().finish_reason(), v1::FINISH_REASON_END_OF_TEXT);
  for (size_t i = 0; i < heard.events.size(); ++i) {
    EXPECT_EQ(heard.events[i].seq(), static_cast<int64_t>(i));
    EXPECT_EQ(heard.events[i].has_completion(), i + 1 == heard.events.size());
  }
}

TEST_F(DaemonTest, AnswersSeveralCallersAsItAnswersOne) {
  const std::string alone = Run(Asking("What is a token?")).text();
  std::vector<Heard> heard(6);

  std::vector<std::thread> callers;
  for (Heard& one : heard) {
    callers.emplace_back([&] { one = Run(Asking("What is a token?")); });
  }
  for (std::thread& caller : callers) caller.join();

  for (const Heard& one : heard) EXPECT_EQ(one.text(), alone);
}

TEST_F(DaemonTest, EndsStreamsWithTheReasonWhenARunnerIsKilledAndGoesOn) {
  const pid_t runner = Load(/*slot_count=*/1).process_id();
  kill(runner, SIGSTOP);  // So that the stream cannot end before the kill.
  grpc::ClientContext context;
  const auto reader = runner_->RunInference(&context, Asking("Hello"));

  kill(runner, SIGKILL);

  EXPECT_THAT(Read(*reader).status,
              IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                          AllOf(HasSubstr("demo"), HasSubstr("signal 9"))));
  EXPECT_TRUE(Run(Asking("Hello")).status.ok());
}

TEST_F(DaemonTest, FreesTheSlotOfACancelledCall) {
  Load(/*slot_count=*/1);
  grpc::ClientContext context;
  const auto reader = runner_->RunInference(&context, Asking("Hello"));
  v1::RunInferenceResponse first;
  ASSERT_TRUE(reader->Read(&first));

  context.TryCancel();

  // Everything may have been sent before the cancel came.
  EXPECT_THAT(
      Read(*reader).status.error_code(),
      testing::AnyOf(grpc::StatusCode::CANCELLED, grpc::StatusCode::OK));
  EXPECT_TRUE(Run(Asking("Hello")).status.ok());
  EXPECT_EQ(Loaded().at(0).active_requests(), 0);
}

TEST_F(DaemonTest, GivesTheMemoryBackOnUnload) {
  const pid_t runner = Load(/*slot_count=*/1).process_id();
  v1::UnloadModelRequest request;
  request.set_model_id("demo");
  grpc::ClientContext context;
  v1::UnloadModelResponse response;

  ASSERT_TRUE(library_->UnloadModel(&context, request, &response).ok());

  EXPECT_GT(response.freed_bytes(), 0);
  EXPECT_EQ(kill(runner, 0), -1);
  EXPECT_THAT(Loaded(), IsEmpty());
}

TEST_F(DaemonTest, ListsAndRunsWhatOtherProgramsHaveDownloaded) {
  const std::filesystem::path manifests = AddOllamaToy();
  std::ofstream(manifests / "damaged") << "{";

  v1::ListModelsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(library_->ListModels(&context, {}, &response).ok());

  std::map<std::string, v1::Model> models;
  for (const v1::Model& model : response.models()) {
    models[model.model_id()] = model;
  }
  EXPECT_GT(models["demo"].parameter_count(), 0);
  EXPECT_GT(models["llama-3.1-8b"].parameter_count(), 0);
  EXPECT_EQ(models["ollama:toy:latest"].source(), v1::MODEL_SOURCE_OLLAMA);
  EXPECT_EQ(models["ollama:toy:latest"].size_on_disk_bytes(),
            models["demo"].size_on_disk_bytes());
  EXPECT_THAT(models["ollama:toy:damaged"].problem(), HasSubstr("not JSON"));

  v1::RunInferenceRequest request = Asking("Hello");
  request.set_model_id("ollama:toy");
  EXPECT_TRUE(Run(request).status.ok());
}

TEST_F(DaemonTest, RefusesToLoadWhatDoesNotFit) {
  v1::RunInferenceRequest request = Asking("Hello");
  request.mutable_load()->set_sequence_length(500'000'000);

  EXPECT_THAT(
      Run(request).status,
      IsGrpcError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                  AllOf(HasSubstr("MiB"), HasSubstr("sequence_length"))));
}

TEST_F(DaemonTest, RefusesToRunWhatCanOnlyBePlanned) {
  v1::RunInferenceRequest request = Asking("Hello");
  request.set_model_id("llama-3.1-8b");

  EXPECT_THAT(Run(request).status,
              IsGrpcError(grpc::StatusCode::FAILED_PRECONDITION,
                          HasSubstr("no model file")));
}

TEST_F(DaemonTest, EndsRunningStreamsWhenItStops) {
  const pid_t runner = Load(/*slot_count=*/1).process_id();
  kill(runner, SIGSTOP);  // So that the stream cannot end before the stop.
  grpc::ClientContext context;
  const auto reader = runner_->RunInference(&context, Asking("Hello"));
  v1::RunInferenceResponse event;
  std::thread stopping([&] { daemon_->Stop(absl::ZeroDuration()); });

  const Heard heard = Read(*reader);
  stopping.join();

  EXPECT_EQ(heard.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(kill(runner, 0), -1);
}

TEST_F(DaemonTest, LeavesItsSocketToNoSecondDaemon) {
  EXPECT_THAT(Daemon::Start(config_),
              StatusIs(absl::StatusCode::kAlreadyExists));

  EXPECT_TRUE(Estimate(Question("demo")).ok());
}

TEST(DaemonStartTest, ListensOnLoopbackOnly) {
  EXPECT_THAT(Daemon::Start({.grpc_address = "0.0.0.0:0"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("grpc_address"), HasSubstr("0.0.0.0"))));
  EXPECT_THAT(
      Daemon::Start({.grpc_address = "127.0.0.1:0", .http_address = "[::]:0"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("http_address"), HasSubstr("[::]:0"))));
}

TEST(DaemonStartTest, RefusesOriginsThatAreNone) {
  EXPECT_THAT(
      Daemon::Start({.grpc_address = "127.0.0.1:0",
                     .http_address = "127.0.0.1:0",
                     .http_origins = "*"}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http_origins")));
}

}  // namespace
}  // namespace hwledger
