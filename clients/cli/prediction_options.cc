#include "clients/cli/prediction_options.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/configuration_options.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/units.h"

namespace hwledger {
namespace {

constexpr const char* kDeviceForm = "NAME[:MEMORY[:BANDWIDTH[:FLOPS]]]";

// A number without a unit is a slip: no device has 96 bytes.
template <typename T>
absl::StatusOr<T> ParseWithUnit(std::string_view quantity,
                                std::string_view example,
                                const std::string& text,
                                absl::StatusOr<T> (*parse)(std::string_view)) {
  if (!absl::c_all_of(text, absl::ascii_isdigit)) return parse(text);
  return absl::InvalidArgumentError(absl::StrCat(
      quantity, " needs a unit, such as ", example, ": '", text, "'"));
}

// A part that is empty is not given.
absl::StatusOr<v1::DeviceSpec> ParseDevice(const std::string& text) {
  std::vector<std::string> parts = absl::StrSplit(text, ':');
  if (parts.size() > 4 || parts[0].empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not ", kDeviceForm, ": '", text, "'"));
  }
  parts.resize(4);
  v1::DeviceSpec device;
  device.set_name(parts[0]);
  if (!parts[1].empty()) {
    const auto memory =
        ParseWithUnit("the memory", "96GiB", parts[1], ParseBytes);
    if (!memory.ok()) return memory.status();
    device.set_memory_bytes(*memory);
  }
  if (!parts[2].empty()) {
    const auto bandwidth =
        ParseWithUnit("the bandwidth", "400GB", parts[2], ParseBandwidth);
    if (!bandwidth.ok()) return bandwidth.status();
    device.set_bandwidth_bytes_per_second(*bandwidth);
  }
  if (!parts[3].empty()) {
    const auto flops =
        ParseWithUnit("the compute rate", "71TFLOPS", parts[3], ParseFlops);
    if (!flops.ok()) return flops.status();
    device.set_flops_per_second(*flops);
  }
  return device;
}

void AddDeviceOption(CLI::App& command, v1::EstimateVramRequest& request) {
  AddField<std::vector<std::string>>(
      command, "--device", kDeviceForm,
      "Plan for this device instead of the machine's own: a preset, a "
      "device here, or any name with memory, and bandwidth and 16-bit "
      "operations per second where speed is asked for: "
      "box:96GiB:400GB:71TFLOPS. The CPU beside them is the daemon's own "
      "machine, but with an Apple preset; CPU:64GiB is another. May be "
      "repeated",
      [&request](const std::vector<std::string>& devices) {
        for (const std::string& text : devices) {
          *request.add_devices() = *ParseDevice(text);
        }
      })
      ->check([](const std::string& text) {
        return std::string(ParseDevice(text).status().message());
      })
      ->group(kConfigurationGroup);
}

void AddSplitModeOption(CLI::App& command, v1::EstimateVramRequest& request) {
  static const std::map<std::string, v1::SplitMode> modes = {
      {"layer", v1::SPLIT_MODE_LAYER}, {"tensor", v1::SPLIT_MODE_TENSOR}};
  AddField<std::string>(
      command, "--split-mode", "MODE",
      "How several GPUs share it: whole layers each, or a part of every layer; "
      "default: layer",
      [&request](const std::string& mode) {
        request.set_split_mode(modes.at(mode));
      })
      ->check(CLI::IsMember({"layer", "tensor"}))
      ->group(kConfigurationGroup);
}

void AddMethodOption(CLI::App& command, v1::EstimateVramRequest& request) {
  AddField<std::string>(
      command, "--method", "METHOD",
      "How to predict; default: the best available",
      [&request](const std::string& word) {
        request.set_method(word == "analytic" ? v1::PREDICTION_METHOD_ANALYTIC
                                              : v1::PREDICTION_METHOD_DRY_RUN);
      })
      ->check(CLI::IsMember({"analytic", "dry-run"}))
      ->group(kConfigurationGroup);
}

void AddRuntimeOptions(CLI::App& command, v1::EstimateVramRequest& request) {
  static const std::map<std::string, v1::Runtime> runtimes = {
      {"llama.cpp", v1::RUNTIME_LLAMA_CPP},
      {"vllm", v1::RUNTIME_VLLM},
      {"transformers", v1::RUNTIME_TRANSFORMERS},
      {"mlx", v1::RUNTIME_MLX}};
  AddField<std::string>(command, "--runtime", "NAME",
                        "Program that is to run it; default: llama.cpp",
                        [&request](const std::string& name) {
                          request.set_runtime(runtimes.at(name));
                        })
      ->check(CLI::IsMember({"llama.cpp", "vllm", "transformers", "mlx"}))
      ->group(kConfigurationGroup);
  AddField<double>(command, "--gpu-memory-utilization", "SHARE",
                   "Of each device, for vLLM; default: 0.9",
                   [&request](const double& share) {
                     request.set_gpu_memory_utilization(share);
                   })
      ->group(kConfigurationGroup);
}

void AddFileOptions(CLI::App& command, v1::EstimateVramRequest& request) {
  AddField<std::string>(
      command, "--mmproj", "FILE",
      "Projector for images or sound, loaded beside the model; a model's name: "
      "its projector",
      [&request](const std::string& file) {
        request.set_mmproj(ModelId(file));
      })
      ->group(kConfigurationGroup);
  AddField<std::vector<std::string>>(
      command, "--lora", "FILE",
      "LoRA adapter, loaded beside the model. May be repeated",
      [&request](const std::vector<std::string>& files) {
        for (const std::string& file : files) {
          request.add_lora_adapters(ModelId(file));
        }
      })
      ->group(kConfigurationGroup);
}

void AddDraftOptions(CLI::App& command, v1::EstimateVramRequest& request) {
  AddField<std::string>(command, "--draft-quantization", "TYPE",
                        "Type of the draft's weights; default: as published",
                        [&request](const std::string& type) {
                          request.set_draft_quantization(type);
                        })
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--draft-kv-cache-type", "TYPE",
      "Type of the draft's cached keys and values; default: f16",
      [&request](const std::string& type) {
        request.set_draft_kv_cache_type_k(type);
        request.set_draft_kv_cache_type_v(type);
      })
      ->group(kConfigurationGroup);
}

}  // namespace

void AddPredictionOptions(CLI::App& command, v1::EstimateVramRequest& request) {
  AddField<int32_t>(
      command, "-n,--batch-size", "N", "Sequences alive at once; default: 1",
      [&request](const int32_t& count) { request.set_batch_size(count); },
      /*least=*/1)
      ->group(kConfigurationGroup);
  AddDeviceOption(command, request);
  AddConfigurationOptions(command, request);
  AddSplitModeOption(command, request);
  AddFileOptions(command, request);
  AddDraftOptions(command, request);
}

void AddQuantizationOption(CLI::App& command, const std::string& types,
                           v1::EstimateVramRequest& request) {
  AddField<std::string>(
      command, "-q,--quantization", "TYPE",
      absl::StrCat("Type of the weights: ", types, "; default: as published"),
      [&request](const std::string& type) { request.set_quantization(type); })
      ->group(kConfigurationGroup);
}

void AddMethodOptions(CLI::App& command, v1::EstimateVramRequest& request) {
  AddMethodOption(command, request);
  AddRuntimeOptions(command, request);
}

}  // namespace hwledger
