// What a prediction costs over the Unix socket, beside an empty call in the
// same run: build the target planner_rpc_bench and run it on a quiet machine.
// The counters p50_us and p99_us are per call; items_per_second counts calls;
// the CPU time is that of client and daemon together. Answer is a call without
// its way: what a prediction takes to make, to pack and to unpack.
#include <benchmark/benchmark.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/estimator.h"
#include "hwledger/v1/library.grpc.pb.h"
#include "hwledger/v1/planner.grpc.pb.h"
#include "server/daemon.h"
#include "server/predict.h"

namespace hwledger {
namespace {

// The daemon in this process, on a socket of its own.
class Served {
 public:
  static Served& Instance() {
    static Served served;
    return served;
  }
  std::shared_ptr<grpc::Channel> Connect() const {
    // Threads with channels of equal arguments would share a connection.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("unix:" + config_.socket_path,
                                     grpc::InsecureChannelCredentials(),
                                     arguments);
  }

 private:
  Served() {
    std::string folder = "/tmp/hwledger-bench-XXXXXX";
    config_.socket_path = std::string(mkdtemp(folder.data())) + "/socket";
    auto daemon = Daemon::Start(config_);
    if (!daemon.ok()) std::abort();
    daemon_ = *std::move(daemon);
  }
  ~Served() {
    daemon_.reset();
    std::filesystem::remove_all(
        std::filesystem::path(config_.socket_path).parent_path());
  }

  Config config_ = {.http_address = "", .runner_path = HWLEDGER_RUNNER};
  std::unique_ptr<Daemon> daemon_;
};

template <typename Call>
void Measure(benchmark::State& state, const Call& call) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> microseconds;
  for (auto _ : state) {
    const auto start = Clock::now();
    const grpc::Status status = call();
    microseconds.push_back(
        std::chrono::duration<double, std::micro>(Clock::now() - start)
            .count());
    if (!status.ok()) state.SkipWithError(status.error_message());
  }
  std::ranges::sort(microseconds);
  const auto quantile = [&](double share) {
    const auto last = static_cast<double>(microseconds.size() - 1);
    return benchmark::Counter(microseconds[static_cast<size_t>(share * last)],
                              benchmark::Counter::kAvgThreads);
  };
  state.counters["p50_us"] = quantile(0.5);
  state.counters["p99_us"] = quantile(0.99);
  state.SetItemsProcessed(state.iterations());
}

void EmptyCall(benchmark::State& state) {
  const auto library = v1::ModelLibrary::NewStub(Served::Instance().Connect());
  Measure(state, [&] {
    grpc::ClientContext context;
    v1::ListLoadedModelsResponse response;
    return library->ListLoadedModels(&context, {}, &response);
  });
}

v1::EstimateVramRequest RequestFor(const std::string& model_id) {
  v1::EstimateVramRequest request;
  request.set_model_id(model_id);
  request.set_sequence_length(8192);
  request.add_devices()->set_name("rtx-4090");
  return request;
}

void Answer(benchmark::State& state, const std::string& model_id) {
  ModelStore models(/*demo_path=*/"");
  Hardware hardware([](DeviceRates) -> absl::StatusOr<std::vector<Device>> {
    return std::vector<Device>();
  });
  Estimator estimator(models, hardware, /*dry_run=*/{});
  const v1::EstimateVramRequest request = RequestFor(model_id);
  v1::MemoryPrediction response;
  for (auto _ : state) {
    const auto prediction = Predict(request, estimator);
    if (!prediction.ok() ||
        !response.ParseFromString(prediction->SerializeAsString())) {
      state.SkipWithError("no answer");
    }
  }
}

void EstimateVram(benchmark::State& state, const std::string& model_id) {
  const auto planner = v1::Planner::NewStub(Served::Instance().Connect());
  const v1::EstimateVramRequest request = RequestFor(model_id);
  Measure(state, [&] {
    grpc::ClientContext context;
    v1::MemoryPrediction response;
    return planner->EstimateVram(&context, request, &response);
  });
}

BENCHMARK_CAPTURE(Answer, llama_8b, "llama-3.1-8b");
BENCHMARK_CAPTURE(Answer, deepseek_v3, "deepseek-v3");
BENCHMARK(EmptyCall)->UseRealTime()->MeasureProcessCPUTime()->ThreadRange(1, 4);
BENCHMARK_CAPTURE(EstimateVram, llama_8b, "llama-3.1-8b")
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->ThreadRange(1, 4);
BENCHMARK_CAPTURE(EstimateVram, deepseek_v3, "deepseek-v3")
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->ThreadRange(1, 4);

}  // namespace
}  // namespace hwledger

BENCHMARK_MAIN();
