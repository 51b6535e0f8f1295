// The daemon in-process, with the real runner and the real demo model, over a
// real Unix socket.
#include "server/daemon.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "hwledger/v1/hardware.grpc.pb.h"
#include "hwledger/v1/inference.grpc.pb.h"
#include "hwledger/v1/ledger.grpc.pb.h"
#include "hwledger/v1/library.grpc.pb.h"
#include "hwledger/v1/planner.grpc.pb.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

MATCHER_P2(IsGrpcError, code, message, "") {
  *result_listener << arg.error_code() << ": " << arg.error_message();
  return arg.error_code() == code &&
         testing::ExplainMatchResult(message, arg.error_message(),
                                     result_listener);
}

std::filesystem::path NewFolder() {
  std::string path = testing::TempDir() + "hwledger-XXXXXX";
  return mkdtemp(path.data());
}

// What came over one stream.
struct Heard {
  std::vector<v1::RunInferenceResponse> events;
  grpc::Status status;

  std::string text() const {
    std::string text;
    for (const auto& event : events) text += event.token().text();
    return text;
  }
  const v1::Completion& completion() const {
    return events.back().completion();
  }
};

class DaemonTest : public testing::Test {
 protected:
  void SetUp() override {
    auto daemon = Daemon::Start(config_);
    ASSERT_THAT(daemon, IsOk());
    daemon_ = *std::move(daemon);
    channel_ = grpc::CreateChannel(absl::StrCat("unix:", config_.socket_path),
                                   grpc::InsecureChannelCredentials());
    planner_ = v1::Planner::NewStub(channel_);
    runner_ = v1::InferenceRunner::NewStub(channel_);
    library_ = v1::ModelLibrary::NewStub(channel_);
  }
  void TearDown() override {
    daemon_.reset();
    std::filesystem::remove_all(folder_);
  }

  static v1::EstimateVramRequest Question(const std::string& model_id) {
    v1::EstimateVramRequest request;
    request.set_model_id(model_id);
    request.set_sequence_length(256);
    return request;
  }
  grpc::Status Estimate(const v1::EstimateVramRequest& request,
                        v1::MemoryPrediction* prediction = nullptr) {
    v1::MemoryPrediction ignored;
    grpc::ClientContext context;
    return planner_->EstimateVram(
        &context, request, prediction == nullptr ? &ignored : prediction);
  }

  static v1::RunInferenceRequest Asking(const std::string& question) {
    v1::RunInferenceRequest request;
    request.set_model_id("demo");
    v1::ChatMessage& message = *request.mutable_chat()->add_messages();
    message.set_role("user");
    message.set_content(question);
    request.mutable_sampling()->set_temperature(0);
    request.mutable_load()->set_thread_count(1);
    return request;
  }
  Heard Run(const v1::RunInferenceRequest& request) {
    grpc::ClientContext context;
    return Read(*runner_->RunInference(&context, request));
  }
  static Heard Read(grpc::ClientReader<v1::RunInferenceResponse>& reader) {
    Heard heard;
    v1::RunInferenceResponse event;
    while (reader.Read(&event)) heard.events.push_back(event);
    heard.status = reader.Finish();
    return heard;
  }

  v1::LoadedModel Load(int32_t slot_count) {
    v1::LoadModelRequest request;
    request.set_model_id("demo");
    request.mutable_options()->set_batch_size(slot_count);
    request.mutable_options()->set_thread_count(1);
    grpc::ClientContext context;
    const auto reader = library_->LoadModel(&context, request);
    v1::LoadModelResponse response;
    while (reader->Read(&response)) {
    }
    EXPECT_TRUE(reader->Finish().ok());
    return response.loaded();
  }
  std::vector<v1::LoadedModel> Loaded() {
    grpc::ClientContext context;
    v1::ListLoadedModelsResponse response;
    EXPECT_TRUE(library_->ListLoadedModels(&context, {}, &response).ok());
    return {response.models().begin(), response.models().end()};
  }

  const std::filesystem::path folder_ = NewFolder();
  const Config config_ = {.grpc_address = "127.0.0.1:0",
                          .socket_path = folder_ / "hwledgerd.sock",
                          .runner_path = HWLEDGER_RUNNER,
                          .demo_path = HWLEDGER_DEMO,
                          .model_places = {.ollama = {folder_ / "ollama"}}};
  std::unique_ptr<Daemon> daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Planner::Stub> planner_;
  std::unique_ptr<v1::InferenceRunner::Stub> runner_;
  std::unique_ptr<v1::ModelLibrary::Stub> library_;
};

TEST_F(DaemonTest, PredictsTheDemoWithTheEnginesOwnFigures) {
  v1::MemoryPrediction prediction;
  v1::EstimateVramRequest request = Question("demo");
  request.set_include_layers(true);

  ASSERT_TRUE(Estimate(request, &prediction).ok());

  EXPECT_EQ(prediction.method(), v1::PREDICTION_METHOD_DRY_RUN);
  EXPECT_GT(prediction.weights_bytes(), 0);
  EXPECT_EQ(prediction.total_bytes(), prediction.weights_bytes() +
                                          prediction.kv_cache_bytes() +
                                          prediction.runtime_overhead_bytes());
  EXPECT_EQ(prediction.layers_size(), prediction.model().layer_count());
  int64_t kv_cache_bytes = 0;
  for (const auto& layer : prediction.layers()) {
    kv_cache_bytes += layer.kv_cache_bytes();
  }
  EXPECT_EQ(kv_cache_bytes, prediction.kv_cache_bytes());
}

TEST_F(DaemonTest, PredictsWhatLoadingThenMeasures) {
  const v1::LoadedModel loaded = Load(/*slot_count=*/2);

  EXPECT_EQ(loaded.state(), v1::LOAD_STATE_READY);
  EXPECT_EQ(loaded.memory().predicted_bytes(),
            loaded.memory().measured_bytes());
}

TEST_F(DaemonTest, NamesTheFieldAndTheValueOfABadRequest) {
  v1::EstimateVramRequest request = Question("demo");
  request.set_sequence_length(-3);

  const grpc::Status status = Estimate(request);

  EXPECT_THAT(status, IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                                  AllOf(HasSubstr("sequence_length"),
                                        HasSubstr("-3"))));
  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(0).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).field(), "sequence_length");
}

TEST_F(DaemonTest, ListsTheClosestNamesOfAnUnknownModel) {
  EXPECT_THAT(Estimate(Question("llama-3.1-8")),
              IsGrpcError(grpc::StatusCode::NOT_FOUND,
                          AllOf(HasSubstr("'llama-3.1-8'"),
                                HasSubstr("llama-3.1-8b"))));
}

TEST_F(DaemonTest, RefusesWhatIsNoModel) {
  const std::string garbage = folder_ / "garbage.gguf";
  std::ofstream(garbage) << "GGUF but not really, and long enough to be one";

  EXPECT_THAT(Estimate(Question(garbage)),
              Not(IsGrpcError(grpc::StatusCode::OK, "")));
  EXPECT_THAT(Estimate(Question(folder_ / "nothing.gguf")),
              IsGrpcError(grpc::StatusCode::NOT_FOUND, HasSubstr("nothing")));
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_THAT(Estimate(Question(folder_ / "empty")),
              IsGrpcError(grpc::StatusCode::NOT_FOUND,
                          HasSubstr("neither a config.json")));
  v1::EstimateVramRequest request = Question("llama-3.1-8b");
  request.set_quantization("Q4_K_Q");
  EXPECT_THAT(Estimate(request), IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                                             AllOf(HasSubstr("quantization"),
                                                   HasSubstr("Q4_K_Q"))));
}

TEST_F(DaemonTest, SaysWhichMethodsComeLater) {
  grpc::ClientContext context;
  v1::FitVramResponse response;

  EXPECT_THAT(planner_->FitVram(&context, {}, &response),
              IsGrpcError(grpc::StatusCode::UNIMPLEMENTED,
                          HasSubstr("Planner.FitVram")));
}

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

TEST_F(DaemonTest, PredictsAModelOfWhichThereIsOnlyAConfig) {
  v1::EstimateVramRequest request = Question("");
  request.set_config_json(
      R"({"model_type": "llama", "hidden_size": 8, "intermediate_size": 16,
          "num_attention_heads": 2, "num_key_value_heads": 1,
          "num_hidden_layers": 1, "vocab_size": 4,
          "max_position_embeddings": 64, "torch_dtype": "bfloat16"})");
  v1::MemoryPrediction prediction;

  ASSERT_TRUE(Estimate(request, &prediction).ok());

  // tests/safetensors_file.h counts them.
  EXPECT_EQ(prediction.model().parameter_count(), 664);
  EXPECT_EQ(prediction.method(), v1::PREDICTION_METHOD_ANALYTIC);

  request.set_config_json("{}");
  EXPECT_THAT(Estimate(request), IsGrpcError(grpc::StatusCode::UNIMPLEMENTED,
                                             HasSubstr("model_type")));
  request.set_model_id("demo");
  EXPECT_THAT(Estimate(request), IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                                             HasSubstr("config_json")));
}

TEST_F(DaemonTest, ListsAndRunsWhatOtherProgramsHaveDownloaded) {
  const std::string hash(64, 'a');
  const std::filesystem::path place = config_.model_places.ollama[0];
  const auto manifests = place / "manifests/registry.ollama.ai/library/toy";
  std::filesystem::create_directories(manifests);
  std::filesystem::create_directories(place / "blobs");
  std::filesystem::create_symlink(HWLEDGER_DEMO,
                                  place / "blobs" / ("sha256-" + hash));
  std::ofstream(manifests / "latest")
      << R"({"layers":[{"mediaType":"application/vnd.ollama.image.model",)"
      << R"("digest":"sha256:)" << hash << "\"}]}";
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
  EXPECT_THAT(models["ollama:toy:damaged"].problem(),
              HasSubstr("must be a JSON object"));

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
  EXPECT_THAT(
      Daemon::Start({.grpc_address = "0.0.0.0:0"}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0.0.0.0")));
}

}  // namespace
}  // namespace hwledger
