#pragma once

#include <cstdint>
#include <optional>

namespace hwledger {

// Operations per second of `thread_count` threads in a product of F16 weights
// and F32 activations, as libllama computes it where the model lies in main
// memory: what bounds the speed of reading a prompt. Takes about a tenth of a
// second. Nothing where ggml cannot. StartLibllama comes first.
std::optional<double> MeasureFlops(int64_t thread_count);

}  // namespace hwledger
