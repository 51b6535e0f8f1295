#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/model/gguf.h"

namespace hwledger {

// How weights are published for runtimes other than llama.cpp.
enum class WeightPrecision {
  kFp32,
  k16Bit,  // bfloat16 or float16.
  kFp8,    // One scale per matrix.
  kFp8Block,
  kAwq,
  kGptq,
  kNvfp4,
  kMxfp4,
  kNf4,
  kNf4DoubleQuant,
  kInt8,  // Of bitsandbytes.
  kMlx4,
  kMlx8,
};

// By the name that a person gives it ("fp8-block"); case does not matter.
std::optional<WeightPrecision> FindWeightPrecision(std::string_view name);
std::string_view NameOf(WeightPrecision precision);
std::vector<std::string_view> WeightPrecisionNames();

struct WeightFormat {
  WeightPrecision precision = WeightPrecision::k16Bit;
  // Weights that share a scale in AWQ, GPTQ and MLX; 0: as usually published,
  // 128, 128 and 64.
  int64_t group_elements = 0;
};

// What a model weighs in a format.
struct FormattedWeights {
  Bytes total;
  Bytes embedding;  // Of that, the token embedding;
  Bytes output;     // the output layer, nothing where it is the embedding;
  // and what every device holds whole when matrices are split among several:
  // norms, routers, the projections into the latent space.
  Bytes replicated;
};

// The bytes of the safetensors that a model is published as, from the names and
// shapes of its tensors, whatever types `header` gives them. Exact where the
// format is deterministic; each rule names its source in the implementation.
// Files hold a header of some hundred kilobytes more, bitsandbytes' about 100
// bytes per matrix.
//
// Matrices that a header has in MXFP4 stay so in all formats but kFp32 and
// k16Bit: gpt-oss is published with its experts in that type.
FormattedWeights WeightsIn(const GgufHeader& header, WeightFormat format);

}  // namespace hwledger
