// How long a plan takes, and to open a file: build the target planner_bench and
// run it.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/model/catalogue.h"
#include "core/model/gguf.h"
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
BENCHMARK_CAPTURE(PlanCatalogueModel, nemotron_h_8b_on_a_gpu, "nemotron-h-8b",
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

std::string Number(auto number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

std::string Text(std::string_view text) {
  return Number(uint64_t{text.size()}) + std::string(text);
}

// A key of GGUF's type 9, array, of texts or of other elements.
std::string Array(std::string_view key, uint32_t type, uint64_t length) {
  return Text(key) + Number(uint32_t{9}) + Number(type) + Number(length);
}

// The vocabulary of Qwen 2.5: 151,936 tokens with their types, 151,387 merges;
// and a tensor of 1 GiB, which is a hole.
std::string GgufOfAGigabyte() {
  constexpr uint64_t tokens = 151936;
  constexpr uint64_t merges = 151387;
  std::string bytes =
      "GGUF" + Number(uint32_t{3}) + Number(uint64_t{1}) + Number(uint64_t{3});
  bytes += Array("tokenizer.ggml.tokens", 8, tokens);
  for (uint64_t i = 0; i < tokens; ++i) bytes += Text(absl::StrCat("t", i));
  bytes += Array("tokenizer.ggml.token_type", 5, tokens);
  bytes += std::string(4 * tokens, '\1');
  bytes += Array("tokenizer.ggml.merges", 8, merges);
  for (uint64_t i = 0; i < merges; ++i) bytes += Text(absl::StrCat(i, " t"));
  return bytes + Text("output.weight") + Number(uint32_t{1}) +
         Number(int64_t{1} << 28) + Number(int32_t{0}) + Number(int64_t{0}) +
         std::string(32, '\0');
}

void OpenGguf(benchmark::State& state) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      absl::StrCat("hwledger-bench-", getpid(), ".gguf");
  std::ofstream(path, std::ios::binary) << GgufOfAGigabyte();
  std::filesystem::resize_file(
      path, std::filesystem::file_size(path) + (uintmax_t{1} << 30));
  for (auto _ : state) {
    absl::StatusOr<GgufHeader> header = ReadGguf(path);
    if (!header.ok()) state.SkipWithError(header.status().ToString());
    benchmark::DoNotOptimize(header);
  }
  std::filesystem::remove(path);
}
BENCHMARK(OpenGguf)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hwledger

BENCHMARK_MAIN();
