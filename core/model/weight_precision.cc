#include "core/model/weight_precision.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"

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

constexpr int64_t kMlxGroup = 64;

int64_t Blocks(int64_t count, int64_t block) {
  return count / block + (count % block != 0 ? 1 : 0);
}

// `count` matrices of `rows` outputs and `columns` inputs.
struct Matrices {
  int64_t count = 1;
  int64_t rows = 0;
  int64_t columns = 0;

  Bytes Times(Bytes of_one) const { return count * of_one; }
  // `per_row` bytes of each row.
  Bytes Rows(int64_t per_row) const { return count * (rows * Bytes(per_row)); }
};

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

// Two 4-bit weights per byte; per group of inputs and output a 16-bit scale and
// a 4-bit zero (AutoAWQ 0.2.9, awq/modules/linear/gemm.py, WQLinear_GEMM).
Bytes AwqSize(const Matrices& m, int64_t group) {
  return m.Rows(m.columns / 2) +
         Blocks(m.columns, group) * (m.Rows(2) + Bytes(m.Rows(1).count() / 2));
}

// The same, and for each input the number of its group (GPTQModel 7.3,
// gptqmodel/nn_modules/qlinear, PackableQuantLinear: g_idx, int32).
Bytes GptqSize(const Matrices& m, int64_t group) {
  return AwqSize(m, group) + m.count * (m.columns * Bytes(4));
}

// One 8-bit absolute maximum per 64 weights instead of a 32-bit one, and for
// those a 32-bit one per 256, where quantized twice; a table of 16 and then of
// 256 values (bitsandbytes 0.50, functional.py: quantize_4bit,
// QuantState.as_dict).
Bytes Nf4Size(const Matrices& m, bool twice) {
  const Bytes weights = m.rows * Bytes(m.columns);
  const int64_t blocks = Blocks(weights.count(), 64);
  const Bytes maxima =
      twice ? Bytes(blocks) + Blocks(blocks, 256) * Bytes(4) + 256 * Bytes(4)
            : blocks * Bytes(4);
  return m.Times(Bytes(weights.count() / 2) + maxima + 16 * Bytes(4));
}

// Per group of inputs a 16-bit scale and a 16-bit bias (mlx 0.31,
// python/mlx/nn/layers/quantized.py: QuantizedLinear, mode "affine").
Bytes MlxSize(const Matrices& m, int64_t bits, int64_t group) {
  return m.Rows(m.columns * bits / 8) +
         Blocks(m.columns, group) * m.Rows(2 + 2);
}

// Two weights per byte and an 8-bit scale per `block`: 32 in MXFP4 (OCP
// Microscaling Formats 1.0), 16 in NVFP4.
Bytes Fp4Size(const Matrices& m, int64_t block) {
  return m.Rows(m.columns / 2) + m.Rows(Blocks(m.columns, block));
}

// What a matrix takes that the format quantizes.
Bytes QuantizedSize(const Matrices& m, WeightFormat format) {
  const auto group = [&format](int64_t usual) {
    return format.group_elements > 0 ? format.group_elements : usual;
  };
  switch (format.precision) {
    case WeightPrecision::kFp32:
      return m.columns * m.Rows(4);
    case WeightPrecision::k16Bit:
      return m.columns * m.Rows(2);
    case WeightPrecision::kFp8:
      // A 32-bit scale of the weights and one of the inputs (vLLM,
      // model_executor/layers/quantization/fp8.py: weight_scale, input_scale).
      return m.columns * m.Rows(1) + m.Times(Bytes(8));
    case WeightPrecision::kFp8Block:
      // A 32-bit scale per 128 x 128 (the same file: weight_scale_inv).
      return m.columns * m.Rows(1) +
             m.Times(Blocks(m.rows, 128) * (Blocks(m.columns, 128) * Bytes(4)));
    case WeightPrecision::kAwq:
      return AwqSize(m, group(128));
    case WeightPrecision::kGptq:
      return GptqSize(m, group(128));
    case WeightPrecision::kNvfp4:
      // And 32-bit scales of all the weights and of the inputs (vLLM,
      // .../quantization/modelopt.py: weight_scale_2, input_scale).
      return Fp4Size(m, 16) + m.Times(Bytes(8));
    case WeightPrecision::kMxfp4:
      return Fp4Size(m, 32);
    case WeightPrecision::kNf4:
      return Nf4Size(m, /*twice=*/false);
    case WeightPrecision::kNf4DoubleQuant:
      return Nf4Size(m, /*twice=*/true);
    case WeightPrecision::kInt8:
      // A 32-bit maximum per output, a byte for the layout (bitsandbytes 0.50,
      // nn/modules.py: Linear8bitLt, SCB and weight_format).
      return m.columns * m.Rows(1) + m.Rows(4) + m.Times(Bytes(1));
    case WeightPrecision::kMlx4:
      return MlxSize(m, 4, group(kMlxGroup));
    case WeightPrecision::kMlx8:
      return MlxSize(m, 8, group(kMlxGroup));
  }
  return {};
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
    if (IsExact()) return QuantizedSize(matrices, format_);
    if (IsMxfp4(tensor)) return Fp4Size(matrices, 32);
    if (IsMlx(format_.precision)) return MlxSizeOf(tensor, matrices);
    if (IsQuantized(tensor)) return QuantizedSize(matrices, format_);
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
  // (transformers 4.57, quantizers/quantizer_bnb_4bit.py). MXFP4 is for experts
  // where there are some (transformers 4.57, integrations/mxfp4.py).
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
        format_.group_elements > 0 ? format_.group_elements : kMlxGroup;
    if ((!is_end && !IsLinear(tensor)) || is_latent_router ||
        matrices.columns % group != 0) {
      return Unquantized(tensor);
    }
    const bool is_8_bit = IsRouter(tensor) && (architecture_ == "qwen3moe" ||
                                               architecture_ == "gpt-oss");
    return is_8_bit ? MlxSize(matrices, 8, kMlxGroup)
                    : QuantizedSize(matrices, format_);
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
