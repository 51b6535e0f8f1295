#include "tests/cli/fake_daemon.h"

#include <cstdlib>
#include <utility>

namespace hwledger {
namespace {

std::filesystem::path NewFolder() {
  std::string name =
      (std::filesystem::temp_directory_path() / "hwledger-cli-XXXXXX").string();
  return mkdtemp(name.data());
}

template <typename Handler, typename... Arguments>
grpc::Status Answer(const Handler& handler, Arguments&&... arguments) {
  if (!handler) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
  return handler(std::forward<Arguments>(arguments)...);
}

}  // namespace

struct FakeDaemon::Services {
  struct Planner final : v1::Planner::Service {
    explicit Planner(FakeDaemon& owner) : daemon(owner) {}
    grpc::Status EstimateVram(grpc::ServerContext* /*context*/,
                              const v1::EstimateVramRequest* request,
                              v1::MemoryPrediction* response) override {
      return Answer(daemon.estimate_vram, *request, response);
    }
    grpc::Status FitVram(grpc::ServerContext* /*context*/,
                         const v1::FitVramRequest* request,
                         v1::FitVramResponse* response) override {
      return Answer(daemon.fit_vram, *request, response);
    }
    FakeDaemon& daemon;
  };

  struct Hardware final : v1::Hardware::Service {
    explicit Hardware(FakeDaemon& owner) : daemon(owner) {}
    grpc::Status ListDevices(grpc::ServerContext* /*context*/,
                             const v1::ListDevicesRequest* request,
                             v1::ListDevicesResponse* response) override {
      return Answer(daemon.list_devices, *request, response);
    }
    grpc::Status ListDevicePresets(
        grpc::ServerContext* /*context*/,
        const v1::ListDevicePresetsRequest* request,
        v1::ListDevicePresetsResponse* response) override {
      return Answer(daemon.list_device_presets, *request, response);
    }
    grpc::Status WatchDevices(
        grpc::ServerContext* /*context*/,
        const v1::WatchDevicesRequest* request,
        grpc::ServerWriter<v1::WatchDevicesResponse>* writer) override {
      return Answer(daemon.watch_devices, *request, writer);
    }
    FakeDaemon& daemon;
  };

  struct Library final : v1::ModelLibrary::Service {
    explicit Library(FakeDaemon& owner) : daemon(owner) {}
    grpc::Status ListModels(grpc::ServerContext* /*context*/,
                            const v1::ListModelsRequest* request,
                            v1::ListModelsResponse* response) override {
      return Answer(daemon.list_models, *request, response);
    }
    grpc::Status GetModel(grpc::ServerContext* /*context*/,
                          const v1::GetModelRequest* request,
                          v1::GetModelResponse* response) override {
      return Answer(daemon.get_model, *request, response);
    }
    grpc::Status LoadModel(
        grpc::ServerContext* /*context*/, const v1::LoadModelRequest* request,
        grpc::ServerWriter<v1::LoadModelResponse>* writer) override {
      return Answer(daemon.load_model, *request, writer);
    }
    grpc::Status UnloadModel(grpc::ServerContext* /*context*/,
                             const v1::UnloadModelRequest* request,
                             v1::UnloadModelResponse* response) override {
      return Answer(daemon.unload_model, *request, response);
    }
    grpc::Status ListLoadedModels(
        grpc::ServerContext* /*context*/,
        const v1::ListLoadedModelsRequest* request,
        v1::ListLoadedModelsResponse* response) override {
      return Answer(daemon.list_loaded_models, *request, response);
    }
    FakeDaemon& daemon;
  };

  struct Inference final : v1::InferenceRunner::Service {
    explicit Inference(FakeDaemon& owner) : daemon(owner) {}
    grpc::Status RunInference(
        grpc::ServerContext* /*context*/,
        const v1::RunInferenceRequest* request,
        grpc::ServerWriter<v1::RunInferenceResponse>* writer) override {
      return Answer(daemon.run_inference, *request, writer);
    }
    grpc::Status Embed(grpc::ServerContext* /*context*/,
                       const v1::EmbedRequest* request,
                       v1::EmbedResponse* response) override {
      return Answer(daemon.embed, *request, response);
    }
    grpc::Status Tokenize(grpc::ServerContext* /*context*/,
                          const v1::TokenizeRequest* request,
                          v1::TokenizeResponse* response) override {
      return Answer(daemon.tokenize, *request, response);
    }
    FakeDaemon& daemon;
  };

  struct Ledger final : v1::Ledger::Service {
    explicit Ledger(FakeDaemon& owner) : daemon(owner) {}
    grpc::Status ListEntries(grpc::ServerContext* /*context*/,
                             const v1::ListEntriesRequest* request,
                             v1::ListEntriesResponse* response) override {
      return Answer(daemon.list_entries, *request, response);
    }
    grpc::Status SummarizeAccuracy(
        grpc::ServerContext* /*context*/,
        const v1::SummarizeAccuracyRequest* request,
        v1::SummarizeAccuracyResponse* response) override {
      return Answer(daemon.summarize_accuracy, *request, response);
    }
    grpc::Status ListGenerations(
        grpc::ServerContext* /*context*/,
        const v1::ListGenerationsRequest* request,
        v1::ListGenerationsResponse* response) override {
      return Answer(daemon.list_generations, *request, response);
    }
    FakeDaemon& daemon;
  };

  explicit Services(FakeDaemon& daemon)
      : planner(daemon),
        hardware(daemon),
        library(daemon),
        inference(daemon),
        ledger(daemon) {}

  Planner planner;
  Hardware hardware;
  Library library;
  Inference inference;
  Ledger ledger;
};

FakeDaemon::FakeDaemon()
    : folder_(NewFolder()), services_(std::make_unique<Services>(*this)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(&services_->planner);
  builder.RegisterService(&services_->hardware);
  builder.RegisterService(&services_->library);
  builder.RegisterService(&services_->inference);
  builder.RegisterService(&services_->ledger);
  server_ = builder.BuildAndStart();
}

FakeDaemon::~FakeDaemon() {
  server_->Shutdown();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string FakeDaemon::address() const {
  return "unix:" + (folder_ / "socket").string();
}

}  // namespace hwledger
