// How long a plan takes: build the target planner_bench and run it.
#include <benchmark/benchmark.h>

#include <string>

#include "core/model/catalogue.h"
#include "core/model/model_shape.h"
#include "core/planner/device_presets.h"
#include "core/planner/fit.h"
#include "core/planner/planner.h"

namespace hwledger {
namespace {

void PlanCatalogueModel(benchmark::State& state, const std::string& name,
                        const std::vector<Device>& devices) {
  const ModelShape shape = *ShapeOf(HeaderOf(**FindInCatalogue(name)));
  const EngineOptions options = {.sequence_length = 8192};
  for (auto _ : state) {
    benchmark::DoNotOptimize(PlanMemory(shape, options, devices));
  }
}

const Device kHost = {
    .name = "CPU", .free = GiB(64), .bandwidth_per_second = GiB(50)};

BENCHMARK_CAPTURE(PlanCatalogueModel, llama_8b, "llama-3.1-8b",
                  std::vector<Device>{kHost});
BENCHMARK_CAPTURE(PlanCatalogueModel, llama_8b_on_a_gpu, "llama-3.1-8b",
                  std::vector<Device>{kHost, *FindDevicePreset("rtx-4090")});
BENCHMARK_CAPTURE(PlanCatalogueModel, gemma_12b_on_a_gpu, "gemma-3-12b",
                  std::vector<Device>{kHost, *FindDevicePreset("rtx-4090")});
BENCHMARK_CAPTURE(PlanCatalogueModel, deepseek_v3, "deepseek-v3",
                  std::vector<Device>{kHost});

void FitCatalogueModel(benchmark::State& state, const std::string& name,
                       FitGoal goal) {
  const ModelShape shape = *ShapeOf(HeaderOf(**FindInCatalogue(name)));
  const std::vector<Device> devices = {kHost, *FindDevicePreset("rtx-4090")};
  const EngineOptions options = {.sequence_length = 8192};
  for (auto _ : state) {
    benchmark::DoNotOptimize(FitMemory(shape, options, devices, goal));
  }
}

BENCHMARK_CAPTURE(FitCatalogueModel, context, "gemma-3-12b",
                  FitGoal::kSequenceLength);
BENCHMARK_CAPTURE(FitCatalogueModel, sequences, "gemma-3-12b",
                  FitGoal::kSlotCount);
BENCHMARK_CAPTURE(FitCatalogueModel, gpu_layers, "deepseek-v3",
                  FitGoal::kGpuLayers);

void ReadCatalogueShape(benchmark::State& state) {
  const GgufHeader header = HeaderOf(**FindInCatalogue("llama-3.1-8b"));
  for (auto _ : state) benchmark::DoNotOptimize(ShapeOf(header));
}
BENCHMARK(ReadCatalogueShape);

}  // namespace
}  // namespace hwledger

BENCHMARK_MAIN();
