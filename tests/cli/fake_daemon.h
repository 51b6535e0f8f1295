#pragma once

#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "hwledger/v1/hardware.grpc.pb.h"
#include "hwledger/v1/inference.grpc.pb.h"
#include "hwledger/v1/ledger.grpc.pb.h"
#include "hwledger/v1/library.grpc.pb.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {

// A stand-in for the daemon, for the tests of the command line: it listens on a
// Unix socket in a folder of its own and answers each call with what the test
// put here. It knows nothing about models.
class FakeDaemon {
 public:
  template <typename Request, typename Response>
  using Unary = std::function<grpc::Status(const Request&, Response*)>;
  template <typename Request, typename Response>
  using Stream = std::function<grpc::Status(const Request&,
                                            grpc::ServerWriter<Response>*)>;

  FakeDaemon();
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  // As --address takes it.
  std::string address() const;
  const std::filesystem::path& folder() const { return folder_; }

  // Set before the call comes; what is not set is UNIMPLEMENTED.
  Unary<v1::EstimateVramRequest, v1::MemoryPrediction> estimate_vram;
  Unary<v1::FitVramRequest, v1::FitVramResponse> fit_vram;
  Unary<v1::ListDevicesRequest, v1::ListDevicesResponse> list_devices;
  Unary<v1::ListDevicePresetsRequest, v1::ListDevicePresetsResponse>
      list_device_presets;
  Unary<v1::ListModelsRequest, v1::ListModelsResponse> list_models;
  Unary<v1::GetModelRequest, v1::GetModelResponse> get_model;
  Unary<v1::UnloadModelRequest, v1::UnloadModelResponse> unload_model;
  Unary<v1::ListLoadedModelsRequest, v1::ListLoadedModelsResponse>
      list_loaded_models;
  Unary<v1::ListEntriesRequest, v1::ListEntriesResponse> list_entries;
  Unary<v1::SummarizeAccuracyRequest, v1::SummarizeAccuracyResponse>
      summarize_accuracy;
  Unary<v1::ListGenerationsRequest, v1::ListGenerationsResponse>
      list_generations;
  Unary<v1::EmbedRequest, v1::EmbedResponse> embed;
  Unary<v1::TokenizeRequest, v1::TokenizeResponse> tokenize;
  Stream<v1::WatchDevicesRequest, v1::WatchDevicesResponse> watch_devices;
  Stream<v1::LoadModelRequest, v1::LoadModelResponse> load_model;
  Stream<v1::RunInferenceRequest, v1::RunInferenceResponse> run_inference;

 private:
  struct Services;

  const std::filesystem::path folder_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace hwledger
