#include "core/planner/runtime_settings.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

constexpr WeightPrecision kInTransformers[] = {WeightPrecision::kFp32,
                                               WeightPrecision::k16Bit,
                                               WeightPrecision::kFp8,
                                               WeightPrecision::kFp8Block,
                                               WeightPrecision::kAwq,
                                               WeightPrecision::kGptq,
                                               WeightPrecision::kMxfp4,
                                               WeightPrecision::kNf4,
                                               WeightPrecision::kNf4DoubleQuant,
                                               WeightPrecision::kInt8};

// mlx_lm/convert.py; MXFP4 is a mode of mlx.core.quantize, too.
constexpr WeightPrecision kInMlx[] = {
    WeightPrecision::kFp32, WeightPrecision::k16Bit, WeightPrecision::kMxfp4,
    WeightPrecision::kMlx4, WeightPrecision::kMlx8};

constexpr WeightPrecision kNotInVllm[] = {WeightPrecision::kMlx4,
                                          WeightPrecision::kMlx8};

// Refuses options that have another value than the one that means nothing.
class Refusal {
 public:
  explicit Refusal(Runtime runtime) : runtime_(NameOf(runtime)) {}

  template <typename Value>
  void Unless(bool is_unset, std::string_view field, const Value& got) {
    if (is_unset || !status_.ok()) return;
    status_ = FieldError(
        field, absl::StrCat("is no option of ", runtime_, "; got ", got));
  }
  const absl::Status& status() const { return status_; }

 private:
  std::string_view runtime_;
  absl::Status status_;
};

bool Is16Bit(std::string_view type) {
  return absl::EqualsIgnoreCase(type, "f16") ||
         absl::EqualsIgnoreCase(type, "bf16");
}

bool IsFp8(std::string_view type) {
  return absl::EqualsIgnoreCase(type, "fp8");
}

absl::Status RefuseCacheType(std::string_view field, std::string_view type,
                             Runtime runtime) {
  return FieldError(
      field,
      absl::StrFormat(
          "must be f16 or bf16%s in %s; got \"%s\"",
          runtime == Runtime::kVllm ? ", or fp8 for keys and values both," : "",
          NameOf(runtime), type.substr(0, 64)));
}

// Whether the cache is FP8. Else it is in 16 bits.
absl::StatusOr<bool> HasFp8Cache(Runtime runtime,
                                 const EngineOptions& options) {
  const std::string& keys = options.kv_cache_type_k;
  const std::string& values = options.kv_cache_type_v;
  if (runtime == Runtime::kVllm && IsFp8(keys) && IsFp8(values)) return true;
  if (!Is16Bit(keys)) return RefuseCacheType("kv_cache_type_k", keys, runtime);
  if (!Is16Bit(values)) {
    return RefuseCacheType("kv_cache_type_v", values, runtime);
  }
  return false;
}

}  // namespace

std::string_view NameOf(Runtime runtime) {
  switch (runtime) {
    case Runtime::kLlamaCpp:
      return "llama.cpp";
    case Runtime::kVllm:
      return "vLLM";
    case Runtime::kTransformers:
      return "Transformers";
    case Runtime::kMlx:
      return "MLX";
  }
  return "";
}

bool Loads(Runtime runtime, WeightPrecision precision) {
  switch (runtime) {
    case Runtime::kLlamaCpp:
      return false;
    case Runtime::kVllm:
      return !absl::c_linear_search(kNotInVllm, precision);
    case Runtime::kTransformers:
      return absl::c_linear_search(kInTransformers, precision);
    case Runtime::kMlx:
      return absl::c_linear_search(kInMlx, precision);
  }
  return false;
}

absl::StatusOr<WeightFormat> WeightFormatNamed(std::string_view name,
                                               Runtime runtime) {
  const auto precision = FindWeightPrecision(name);
  if (precision && Loads(runtime, *precision)) {
    return WeightFormat{.precision = *precision};
  }
  std::vector<std::string_view> names = WeightPrecisionNames();
  std::erase_if(names, [runtime](std::string_view known) {
    return !Loads(runtime, *FindWeightPrecision(known));
  });
  return FieldError("quantization",
                    absl::StrFormat("must be one of %s in %s; got \"%s\"",
                                    absl::StrJoin(names, ", "), NameOf(runtime),
                                    name.substr(0, 64)));
}

absl::StatusOr<RuntimeOptions> RuntimeSettings(RuntimeOptions runtime,
                                               const EngineOptions& options) {
  const bool is_vllm = runtime.runtime == Runtime::kVllm;
  Refusal refusal(runtime.runtime);
  refusal.Unless(options.gpu_layers < 0, "gpu_layers", options.gpu_layers);
  refusal.Unless(options.cpu_moe_layers == 0, "cpu_moe_layers",
                 options.cpu_moe_layers);
  refusal.Unless(options.flash_attention != FlashAttention::kOff,
                 "flash_attention", "OFF");
  refusal.Unless(options.kv_unified, "kv_unified", "false");
  refusal.Unless(!options.swa_full, "swa_full", "true");
  refusal.Unless(is_vllm || options.split_mode != SplitMode::kTensor,
                 "split_mode", "TENSOR");
  refusal.Unless(runtime.runtime != Runtime::kTransformers ||
                     runtime.batch_tokens_max == 0,
                 "micro_batch_size", runtime.batch_tokens_max);
  refusal.Unless(is_vllm || !runtime.memory_utilization,
                 "gpu_memory_utilization",
                 runtime.memory_utilization.value_or(0));
  ABSL_RETURN_IF_ERROR(refusal.status());
  ABSL_ASSIGN_OR_RETURN(runtime.fp8_kv_cache,
                        HasFp8Cache(runtime.runtime, options));
  return runtime;
}

}  // namespace hwledger
