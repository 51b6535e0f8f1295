#pragma once

#include <cstdint>
#include <optional>

namespace hwledger {

// Quantized: Q8_0, which stands for all. libllama 0.7.0 read prompts with Q4_0
// and Q4_K weights as fast within a fifth.
enum class WeightType { kF16, kQuantized };

// Operations per second of `thread_count` threads in a product of weights and
// F32 activations, as libllama computes it where the model lies in main memory:
// what bounds the speed of reading a prompt. Takes about a tenth of a second.
// Nothing where ggml cannot. StartLibllama comes first.
std::optional<double> MeasureFlops(WeightType type, int64_t thread_count);

}  // namespace hwledger
