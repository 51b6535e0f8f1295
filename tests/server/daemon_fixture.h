#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "hwledger/v1/inference.grpc.pb.h"
#include "hwledger/v1/ledger.grpc.pb.h"
#include "hwledger/v1/library.grpc.pb.h"
#include "hwledger/v1/planner.grpc.pb.h"
#include "server/daemon.h"
#include "tests/server/await.h"
#include "tests/status_matchers.h"

// The daemon in-process, with the real runner and the real demo model, over a
// real Unix socket.
namespace hwledger {

MATCHER_P2(IsGrpcError, code, message, "") {
  *result_listener << arg.error_code() << ": " << arg.error_message();
  return arg.error_code() == code &&
         testing::ExplainMatchResult(message, arg.error_message(),
                                     result_listener);
}

inline std::filesystem::path NewFolder() {
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
    ledger_ = v1::Ledger::NewStub(channel_);
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
    const grpc::Status status = reader->Finish();
    // A signal to process 0 would stop the tests themselves.
    CHECK(response.loaded().process_id() > 0) << status.error_message();
    return response.loaded();
  }
  std::vector<v1::LoadedModel> Loaded() {
    grpc::ClientContext context;
    v1::ListLoadedModelsResponse response;
    EXPECT_TRUE(library_->ListLoadedModels(&context, {}, &response).ok());
    return {response.models().begin(), response.models().end()};
  }

  // Makes the demo a download of ollama's with the name toy; returns where its
  // manifest is.
  std::filesystem::path AddOllamaToy() {
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
    return manifests;
  }

  // The process of the one model that is loaded or being loaded, once it runs.
  pid_t LoadingProcess() {
    pid_t process = 0;
    // A signal to process 0 would stop the tests themselves.
    CHECK(Await([&] {
      process = Loaded().at(0).process_id();
      return process > 0;
    }));
    return process;
  }

  const std::filesystem::path folder_ = NewFolder();
  Config config_ = {.grpc_address = "127.0.0.1:0",
                    .socket_path = folder_ / "hwledgerd.sock",
                    .http_address = "127.0.0.1:0",
                    .runner_path = HWLEDGER_RUNNER,
                    .demo_path = HWLEDGER_DEMO,
                    .ledger_path = folder_ / "ledger.db",
                    .model_places = {.ollama = {folder_ / "ollama"}}};
  std::unique_ptr<Daemon> daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Planner::Stub> planner_;
  std::unique_ptr<v1::InferenceRunner::Stub> runner_;
  std::unique_ptr<v1::ModelLibrary::Stub> library_;
  std::unique_ptr<v1::Ledger::Stub> ledger_;
};

}  // namespace hwledger
