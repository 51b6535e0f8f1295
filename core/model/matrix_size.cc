#include "core/model/matrix_size.h"

namespace hwledger {
namespace {

int64_t Blocks(int64_t count, int64_t block) {
  return count / block + (count % block != 0 ? 1 : 0);
}

Bytes Times(const Matrices& m, Bytes of_one) { return m.count * of_one; }

// `per_row` bytes of each row.
Bytes Rows(const Matrices& m, int64_t per_row) {
  return m.count * (m.rows * Bytes(per_row));
}

// Two 4-bit weights per byte; per group of inputs and output a 16-bit scale and
// a 4-bit zero (AutoAWQ 0.2.9, awq/modules/linear/gemm.py, WQLinear_GEMM).
Bytes AwqSize(const Matrices& m, int64_t group) {
  return Rows(m, m.columns / 2) +
         Blocks(m.columns, group) *
             (Rows(m, 2) + Bytes(Rows(m, 1).count() / 2));
}

// The same, and for each input the number of its group (GPTQModel 7.3,
// gptqmodel/nn_modules/qlinear/__init__.py: PackableQuantLinear: g_idx, int32).
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
  return Times(m, Bytes(weights.count() / 2) + maxima + 16 * Bytes(4));
}

// Per group of inputs a 16-bit scale and a 16-bit bias (mlx 0.31,
// python/mlx/nn/layers/quantized.py: QuantizedLinear, mode "affine").
Bytes MlxSize(const Matrices& m, int64_t bits, int64_t group) {
  return Rows(m, m.columns * bits / 8) +
         Blocks(m.columns, group) * Rows(m, 2 + 2);
}

// Two weights per byte and an 8-bit scale per `block`: 32 in MXFP4 (OCP
// Microscaling Formats 1.0), 16 in NVFP4.
Bytes Fp4Size(const Matrices& m, int64_t block) {
  return Rows(m, m.columns / 2) + Rows(m, Blocks(m.columns, block));
}

}  // namespace

Bytes SizeIn(const Matrices& m, WeightFormat format) {
  const auto group = [&format](int64_t usual) {
    return format.group_elements > 0 ? format.group_elements : usual;
  };
  switch (format.precision) {
    case WeightPrecision::kFp32:
      return m.columns * Rows(m, 4);
    case WeightPrecision::k16Bit:
      return m.columns * Rows(m, 2);
    case WeightPrecision::kFp8:
      // A 32-bit scale of the weights and one of the inputs (vLLM,
      // model_executor/layers/quantization/fp8.py: weight_scale, input_scale).
      return m.columns * Rows(m, 1) + Times(m, Bytes(8));
    case WeightPrecision::kFp8Block:
      // A 32-bit scale per 128 x 128 (the same file: weight_scale_inv).
      return m.columns * Rows(m, 1) +
             Times(m,
                   Blocks(m.rows, 128) * (Blocks(m.columns, 128) * Bytes(4)));
    case WeightPrecision::kAwq:
      return AwqSize(m, group(128));
    case WeightPrecision::kGptq:
      return GptqSize(m, group(128));
    case WeightPrecision::kNvfp4:
      // And 32-bit scales of all the weights and of the inputs (vLLM,
      // .../quantization/modelopt.py: weight_scale_2, input_scale).
      return Fp4Size(m, 16) + Times(m, Bytes(8));
    case WeightPrecision::kMxfp4:
      return Fp4Size(m, 32);
    case WeightPrecision::kNf4:
      return Nf4Size(m, /*twice=*/false);
    case WeightPrecision::kNf4DoubleQuant:
      return Nf4Size(m, /*twice=*/true);
    case WeightPrecision::kInt8:
      // A 32-bit maximum per output, a byte for the layout (bitsandbytes 0.50,
      // nn/modules.py: Linear8bitLt, SCB and weight_format).
      return m.columns * Rows(m, 1) + Rows(m, 4) + Times(m, Bytes(1));
    case WeightPrecision::kMlx4:
      return MlxSize(m, 4, group(kMlxGroupElements));
    case WeightPrecision::kMlx8:
      return MlxSize(m, 8, group(kMlxGroupElements));
  }
  return {};
}

}  // namespace hwledger
