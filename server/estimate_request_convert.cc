#include "server/estimate_request_convert.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "server/inference_convert.h"
#include "server/split_mode_convert.h"

namespace hwledger {
namespace {

absl::StatusOr<std::optional<PredictionMethod>> MethodOf(
    const v1::EstimateVramRequest& request) {
  switch (request.method()) {
    case v1::PREDICTION_METHOD_UNSPECIFIED:
      return std::nullopt;
    case v1::PREDICTION_METHOD_ANALYTIC:
      return PredictionMethod::kAnalytic;
    case v1::PREDICTION_METHOD_DRY_RUN:
      return PredictionMethod::kDryRun;
    default:
      return FieldError("method",
                        absl::StrCat("is unknown; got ", request.method()));
  }
}

absl::StatusOr<std::optional<RuntimeOptions>> RuntimeOf(
    const v1::EstimateVramRequest& request) {
  RuntimeOptions options;
  if (request.has_gpu_memory_utilization()) {
    if (request.runtime() != v1::RUNTIME_VLLM) {
      return FieldError("gpu_memory_utilization",
                        absl::StrCat("is of runtime VLLM alone; got ",
                                     request.gpu_memory_utilization()));
    }
    options.memory_utilization = request.gpu_memory_utilization();
  }
  if (request.has_micro_batch_size()) {
    options.batch_tokens_max = request.micro_batch_size();
  }
  switch (request.runtime()) {
    case v1::RUNTIME_UNSPECIFIED:
    case v1::RUNTIME_LLAMA_CPP:
      return std::nullopt;
    case v1::RUNTIME_VLLM:
      options.runtime = Runtime::kVllm;
      return options;
    case v1::RUNTIME_TRANSFORMERS:
      options.runtime = Runtime::kTransformers;
      return options;
    case v1::RUNTIME_MLX:
      options.runtime = Runtime::kMlx;
      return options;
    default:
      return FieldError("runtime",
                        absl::StrCat("is unknown; got ", request.runtime()));
  }
}

absl::StatusOr<Bytes> PositiveBytes(std::string_view field, int64_t count) {
  if (count > 0) return Bytes(count);
  return FieldError(field, absl::StrCat("must be positive; got ", count));
}

absl::StatusOr<DeviceRequest> FromProto(const v1::DeviceSpec& spec) {
  DeviceRequest request = {.name = spec.name()};
  if (spec.has_memory_bytes()) {
    ABSL_ASSIGN_OR_RETURN(request.memory, PositiveBytes("devices.memory_bytes",
                                                        spec.memory_bytes()));
  }
  if (spec.has_bandwidth_bytes_per_second()) {
    ABSL_ASSIGN_OR_RETURN(request.bandwidth_per_second,
                          PositiveBytes("devices.bandwidth_bytes_per_second",
                                        spec.bandwidth_bytes_per_second()));
  }
  if (spec.has_flops_per_second()) {
    request.flops_per_second = spec.flops_per_second();
    // Refuses NaN, too.
    if (!(spec.flops_per_second() > 0)) {
      return FieldError(
          "devices.flops_per_second",
          absl::StrCat("must be positive; got ", spec.flops_per_second()));
    }
  }
  return request;
}

AdditionsRequest AdditionsOf(const v1::EstimateVramRequest& request) {
  AdditionsRequest additions = {
      .mmproj = request.mmproj(),
      .lora_adapters = {request.lora_adapters().begin(),
                        request.lora_adapters().end()},
      .draft_model_id = request.draft_model_id(),
      .draft_quantization = request.draft_quantization()};
  if (request.has_draft_kv_cache_type_k()) {
    additions.draft_kv_cache_type_k =
        absl::AsciiStrToLower(request.draft_kv_cache_type_k());
  }
  if (request.has_draft_kv_cache_type_v()) {
    additions.draft_kv_cache_type_v =
        absl::AsciiStrToLower(request.draft_kv_cache_type_v());
  }
  return additions;
}

}  // namespace

absl::StatusOr<EstimateRequest> FromProto(
    const v1::EstimateVramRequest& request) {
  if (request.model_id().empty() && !request.has_config_json()) {
    return FieldError("model_id", "must not be empty");
  }
  EstimateRequest result = {.model_id = request.model_id(),
                            .quantization = request.quantization()};
  if (request.has_config_json()) result.config_json = request.config_json();
  EngineOptions& options = result.options;
  options.sequence_length = request.sequence_length();
  options.slot_count = request.batch_size() == 0 ? 1 : request.batch_size();
  if (request.has_kv_cache_type_k()) {
    options.kv_cache_type_k = absl::AsciiStrToLower(request.kv_cache_type_k());
  }
  if (request.has_kv_cache_type_v()) {
    options.kv_cache_type_v = absl::AsciiStrToLower(request.kv_cache_type_v());
  }
  options.flash_attention = FromProto(request.flash_attention());
  if (request.has_micro_batch_size()) {
    options.micro_batch_size = request.micro_batch_size();
  }
  if (request.has_gpu_layers()) {
    if (request.gpu_layers() < 0) {
      return FieldError("gpu_layers", absl::StrCat("must not be negative; got ",
                                                   request.gpu_layers()));
    }
    options.gpu_layers = request.gpu_layers();
  }
  if (request.has_kv_unified()) options.kv_unified = request.kv_unified();
  if (request.has_swa_full()) options.swa_full = request.swa_full();
  if (request.has_cpu_moe_layers()) {
    options.cpu_moe_layers = request.cpu_moe_layers();
  }
  if (!v1::SplitMode_IsValid(request.split_mode())) {
    return FieldError("split_mode",
                      absl::StrCat("is unknown; got ", request.split_mode()));
  }
  options.split_mode = FromProto(request.split_mode());
  result.additions = AdditionsOf(request);
  for (const v1::DeviceSpec& spec : request.devices()) {
    ABSL_ASSIGN_OR_RETURN(DeviceRequest device, FromProto(spec));
    result.devices.push_back(std::move(device));
  }
  ABSL_ASSIGN_OR_RETURN(result.method, MethodOf(request));
  ABSL_ASSIGN_OR_RETURN(result.runtime, RuntimeOf(request));
  return result;
}

}  // namespace hwledger
