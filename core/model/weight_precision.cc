#include "core/model/weight_precision.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "core/model/matrix_size.h"

namespace hwledger {
namespace {

struct Name {
  WeightPrecision precision;
  std::string_view text;
};

constexpr Name kNames[] = {
    {WeightPrecision::kFp32, "fp32"},
    {WeightPrecision::k16Bit, "bf16"},
    {WeightPrecision::k16Bit, "fp16"},
    {WeightPrecision::kFp8, "fp8"},
    {WeightPrecision::kFp8Block, "fp8-block"},
    {WeightPrecision::kAwq, "awq"},
    {WeightPrecision::kGptq, "gptq"},
    {WeightPrecision::kNvfp4, "nvfp4"},
    {WeightPrecision::kMxfp4, "mxfp4"},
    {WeightPrecision::kNf4, "bnb-nf4"},
    {WeightPrecision::kNf4DoubleQuant, "bnb-nf4-double"},
    {WeightPrecision::kInt8, "bnb-int8"},
    {WeightPrecision::kMlx4, "mlx-4bit"},
    {WeightPrecision::kMlx8, "mlx-8bit"},
};

constexpr WeightFormat kMxfp4 = {.precision = WeightPrecision::kMxfp4};
constexpr WeightFormat kMlx8 = {.precision = WeightPrecision::kMlx8};

// In GGUF the inputs come first. The experts of a layer are one tensor there
// and a matrix each in safetensors; so are the heads of latent attention, of
// which `attn_k_b` is turned around.
Matrices MatricesOf(const GgufTensor& tensor) {
  const std::vector<int64_t>& sizes = tensor.dimensions;
  Matrices matrices = {.rows = sizes.size() > 1 ? sizes[1] : 1,
                       .columns = sizes[0]};
  for (size_t i = 2; i < sizes.size(); ++i) matrices.count *= sizes[i];
  if (absl::EndsWith(tensor.name, ".attn_k_b.weight")) {
    std::swap(matrices.rows, matrices.columns);
  }
  if (absl::EndsWith(tensor.name, "_b.weight")) {
    matrices.rows *= matrices.count;
    matrices.count = 1;
  }
  return matrices;
}

bool IsRouter(const GgufTensor& tensor) {
  return absl::StrContains(tensor.name, ".ffn_gate_inp");
}

bool IsExperts(const GgufTensor& tensor) {
  return absl::EndsWith(tensor.name, "_exps.weight");
}

bool IsMxfp4(const GgufTensor& tensor) { return tensor.type->name == "MXFP4"; }

// A matrix that its layer multiplies with: no vector, norm or convolution.
bool IsLinear(const GgufTensor& tensor) {
  return tensor.block() && tensor.dimensions.size() > 1 &&
         absl::EndsWith(tensor.name, ".weight") &&
         !absl::EndsWith(tensor.name, "norm.weight") &&
         !absl::StrContains(tensor.name, "conv");
}

bool IsMlx(WeightPrecision precision) {
  return precision == WeightPrecision::kMlx4 ||
         precision == WeightPrecision::kMlx8;
}

bool IsBitsAndBytes(WeightPrecision precision) {
  return precision == WeightPrecision::kNf4 ||
         precision == WeightPrecision::kNf4DoubleQuant ||
         precision == WeightPrecision::kInt8;
}

// One model in one format.
class Formatter {
 public:
  Formatter(const GgufHeader& header, WeightFormat format)
      : format_(format),
        architecture_(header.Text("general.architecture").value_or("")) {
    for (const GgufTensor& tensor : header.tensors) {
      has_experts_ = has_experts_ || IsExperts(tensor);
    }
  }

  Bytes SizeOf(const GgufTensor& tensor) const {
    const Matrices matrices = MatricesOf(tensor);
    if (IsExact()) return SizeIn(matrices, format_);
    if (IsMxfp4(tensor)) return SizeIn(matrices, kMxfp4);
    if (IsMlx(format_.precision)) return MlxSizeOf(tensor, matrices);
    if (IsQuantized(tensor)) return SizeIn(matrices, format_);
    return Unquantized(tensor);
  }

 private:
  bool IsExact() const {
    return format_.precision == WeightPrecision::kFp32 ||
           format_.precision == WeightPrecision::k16Bit;
  }

  // DeepSeek publishes the correction of its router's scores in 32 bits.
  Bytes Unquantized(const GgufTensor& tensor) const {
    const bool is_exact = format_.precision == WeightPrecision::kFp8Block &&
                          absl::StrContains(tensor.name, "exp_probs_b");
    return tensor.element_count() * Bytes(is_exact ? 4 : 2);
  }

  // The embedding, the output and vectors stay in 16 bits everywhere. So do
  // routers (AutoAWQ: modules_to_not_convert; fp8 and modelopt checkpoints:
  // ignored layers), but for bitsandbytes, which leaves out the output alone
  // (transformers: get_keys_to_not_convert). MXFP4 is for experts
  // where there are some (transformers, integrations/mxfp4.py).
  bool IsQuantized(const GgufTensor& tensor) const {
    if (!IsLinear(tensor)) return false;
    if (IsRouter(tensor)) return IsBitsAndBytes(format_.precision);
    if (format_.precision == WeightPrecision::kMxfp4 && has_experts_) {
      return IsExperts(tensor);
    }
    return true;
  }

  // MLX quantizes the embedding and the output too, all matrices whose rows are
  // whole groups (mlx-lm 0.32, utils.py: quantize_model). Routers are 8-bit, in
  // groups of 64, where the model says so (models/qwen3_moe.py, gpt_oss.py:
  // quant_predicate), and no linear layers in DeepSeek's (deepseek_v3.py:
  // MoEGate).
  Bytes MlxSizeOf(const GgufTensor& tensor, const Matrices& matrices) const {
    const bool is_end =
        tensor.name == "token_embd.weight" || tensor.name == "output.weight";
    const bool is_latent_router =
        IsRouter(tensor) && architecture_ == "deepseek2";
    const int64_t group =
        format_.group_elements > 0 ? format_.group_elements : kMlxGroupElements;
    if ((!is_end && !IsLinear(tensor)) || is_latent_router ||
        matrices.columns % group != 0) {
      return Unquantized(tensor);
    }
    const bool is_8_bit = IsRouter(tensor) && (architecture_ == "qwen3moe" ||
                                               architecture_ == "gpt-oss");
    return is_8_bit ? SizeIn(matrices, kMlx8) : SizeIn(matrices, format_);
  }

  WeightFormat format_;
  std::string architecture_;
  bool has_experts_ = false;
};

// Vectors, routers, and what projects into the latent space of all heads.
bool IsReplicated(const GgufTensor& tensor) {
  return tensor.dimensions.size() < 2 || IsRouter(tensor) ||
         absl::EndsWith(tensor.name, ".attn_q_a.weight") ||
         absl::EndsWith(tensor.name, ".attn_kv_a_mqa.weight");
}

}  // namespace

std::optional<WeightPrecision> FindWeightPrecision(std::string_view name) {
  for (const Name& known : kNames) {
    if (absl::EqualsIgnoreCase(known.text, name)) return known.precision;
  }
  return std::nullopt;
}

std::string_view NameOf(WeightPrecision precision) {
  for (const Name& known : kNames) {
    if (known.precision == precision) return known.text;
  }
  return "";
}

std::vector<std::string_view> WeightPrecisionNames() {
  std::vector<std::string_view> names;
  for (const Name& known : kNames) names.push_back(known.text);
  return names;
}

FormattedWeights WeightsIn(const GgufHeader& header, WeightFormat format) {
  const Formatter formatter(header, format);
  FormattedWeights weights;
  for (const GgufTensor& tensor : header.tensors) {
    // Computed from the config, and in no other file.
    if (absl::StartsWith(tensor.name, "rope_")) continue;
    const Bytes size = formatter.SizeOf(tensor);
    weights.total += size;
    if (tensor.name == "token_embd.weight") weights.embedding = size;
    if (tensor.name == "output.weight") weights.output = size;
    if (IsReplicated(tensor)) weights.replicated += size;
  }
  return weights;
}

}  // namespace hwledger
