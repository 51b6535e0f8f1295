#include "core/launch.h"

#include <optional>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/planner/launch_command.h"
#include "core/planner/runtime_settings.h"
#include "core/planner/vllm_memory.h"

namespace hwledger {
namespace {

std::vector<Device> DevicesOf(const MemoryPlan& plan) {
  std::vector<Device> devices;
  devices.reserve(plan.devices.size());
  for (const DevicePlan& share : plan.devices) devices.push_back(share.device);
  return devices;
}

// A file of this name has to be made or fetched first.
std::string Placeholder(std::string_view quantization) {
  return quantization.empty()
             ? "MODEL.gguf"
             : absl::StrCat("MODEL-", absl::AsciiStrToUpper(quantization),
                            ".gguf");
}

void AddLlamaServer(const EstimateRequest& request, const Estimate& estimate,
                    Launch& launch) {
  const KnownModel& model = *estimate.model;
  const std::string file =
      model.file.empty() ? Placeholder(request.quantization) : model.file;
  const bool has_gpus = absl::c_any_of(
      estimate.plan.devices,
      [](const DevicePlan& share) { return IsGpu(share.device); });
  launch.llama_server =
      LlamaServerCommand(file, request.options, estimate.additions,
                         has_gpus ? GpuUse::kAsPlanned : GpuUse::kNone);
  if (model.quantized_from.empty()) return;
  launch.notes.push_back(absl::StrCat(
      "The file has other weights; this makes the planned ones of "
      "them: ",
      LlamaQuantizeCommand(model.quantized_from, file, request.quantization)));
}

// What vLLM would read. NotFound: nothing.
absl::StatusOr<std::string> RepositoryOf(const KnownModel& model) {
  if (!model.file.empty() || !model.quantized_from.empty()) {
    return absl::NotFoundError(
        "it reads safetensors, and the model is a GGUF file");
  }
  switch (model.source) {
    case ModelSource::kCatalogue:
      return model.reference;
    case ModelSource::kHuggingFace:
      return model.model_id;
    case ModelSource::kFolder:
      return model.path;
    default:
      return absl::NotFoundError("a config alone names no repository");
  }
}

// How vLLM is told to load weights as `planned` that are published as
// `published`. NotFound: it cannot be.
absl::StatusOr<VllmWeightOptions> WeightOptions(
    const std::optional<WeightFormat>& published, const WeightFormat& planned) {
  if (!published) {
    return absl::NotFoundError(
        "the weights are published in a form that is not known here");
  }
  const WeightPrecision from = published->precision;
  const WeightPrecision to = planned.precision;
  if (from == to) return VllmWeightOptions{};
  if (from == WeightPrecision::k16Bit) {
    // Made while they are loaded.
    if (to == WeightPrecision::kFp8) {
      return VllmWeightOptions{.quantization = "fp8"};
    }
    if (to == WeightPrecision::kNf4) {
      return VllmWeightOptions{.quantization = "bitsandbytes"};
    }
    if (to == WeightPrecision::kFp32) {
      return VllmWeightOptions{.dtype = "float32"};
    }
  }
  return absl::NotFoundError(absl::StrFormat(
      "it loads the weights as they are published, in %s; for %s serve a "
      "repository that has them so",
      NameOf(from), NameOf(to)));
}

// The weights that llama.cpp was planned with, where vLLM has such.
absl::StatusOr<WeightFormat> SameWeights(const EstimateRequest& request,
                                         const Estimate& estimate) {
  const std::string& quantization = estimate.shape().quantization;
  if (quantization == "BF16" || quantization == "F16") return WeightFormat{};
  if (quantization == "F32") {
    return WeightFormat{.precision = WeightPrecision::kFp32};
  }
  const std::optional<WeightFormat>& published = estimate.model->published;
  // llama.cpp's converter leaves MXFP4 as it is.
  if (request.quantization.empty() && published &&
      published->precision == WeightPrecision::kMxfp4) {
    return *published;
  }
  return absl::NotFoundError(
      absl::StrCat("it has no weights in ", quantization));
}

// As vLLM would be asked for the same.
absl::StatusOr<RuntimeOptions> VllmSettings(const EstimateRequest& request,
                                            const Estimate& estimate) {
  RuntimeOptions runtime = request.runtime.value_or(RuntimeOptions{});
  if (!request.runtime) {
    if (!estimate.additions.empty()) {
      return absl::NotFoundError(
          "what is loaded beside the model are llama.cpp's files");
    }
    if (request.options.micro_batch_size != EngineOptions().micro_batch_size) {
      runtime.batch_tokens_max = request.options.micro_batch_size;
    }
  }
  return RuntimeSettings(runtime, request.options);
}

absl::StatusOr<std::string> VllmLine(const EstimateRequest& request,
                                     const Estimate& estimate) {
  const KnownModel& model = *estimate.model;
  ABSL_ASSIGN_OR_RETURN(const std::string repository, RepositoryOf(model));
  absl::StatusOr<WeightFormat> planned = WeightFormat{};
  if (estimate.format) {
    planned = *estimate.format;
  } else {
    planned = SameWeights(request, estimate);
  }
  ABSL_RETURN_IF_ERROR(planned.status());
  ABSL_ASSIGN_OR_RETURN(const VllmWeightOptions weights,
                        WeightOptions(model.published, *planned));
  ABSL_ASSIGN_OR_RETURN(const RuntimeOptions settings,
                        VllmSettings(request, estimate));
  const std::vector<Device> devices = DevicesOf(estimate.plan);
  ABSL_ASSIGN_OR_RETURN(const auto gpus, GpusFor(Runtime::kVllm, devices));
  const VllmOptions options =
      VllmOptionsOf(settings, request.options, std::ssize(gpus));
  ABSL_RETURN_IF_ERROR(ValidateVllm(estimate.shape(), options, *gpus.front()));
  const int64_t longest = estimate.shape().context_tokens_max;
  if (longest > 0 && options.sequence_length > longest) {
    return absl::NotFoundError(absl::StrFormat(
        "it refuses a context of %d tokens, beyond the model's maximum of %d",
        options.sequence_length, longest));
  }
  return VllmServeCommand(repository, options, weights);
}

void AddVllm(const EstimateRequest& request, const Estimate& estimate,
             Launch& launch) {
  absl::StatusOr<std::string> line = VllmLine(request, estimate);
  if (line.ok()) {
    launch.vllm = *std::move(line);
  } else {
    launch.notes.push_back(absl::StrCat(
        "No command line for vLLM: ", line.status().message(), "."));
  }
}

}  // namespace

Launch LaunchOf(const EstimateRequest& request, const Estimate& estimate) {
  Launch launch;
  if (!request.runtime) AddLlamaServer(request, estimate, launch);
  if (!request.runtime || request.runtime->runtime == Runtime::kVllm) {
    AddVllm(request, estimate, launch);
  }
  return launch;
}

}  // namespace hwledger
