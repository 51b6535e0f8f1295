#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"

namespace hwledger {

// What runs a model. How PlanMemory plans for llama.cpp is exact; the others
// decide much of their memory at run time, so their figures come as ranges.
enum class Runtime { kLlamaCpp, kVllm, kTransformers, kMlx };

// A figure and the bounds that it lies between.
struct MemoryRange {
  Bytes low;
  Bytes expected;
  Bytes high;

  friend bool operator==(const MemoryRange&, const MemoryRange&) = default;
  friend MemoryRange operator+(const MemoryRange& a, const MemoryRange& b) {
    return {a.low + b.low, a.expected + b.expected, a.high + b.high};
  }
};

inline MemoryRange Exactly(Bytes size) { return {size, size, size}; }

// `expected`, less and more by so many percent.
inline MemoryRange Within(Bytes expected, int64_t less, int64_t more) {
  const Bytes percent(expected.count() / 100);
  return {expected - less * percent, expected, expected + more * percent};
}

// What a CUDA context takes of a device before anything else: vLLM's logs show
// 78.84 GiB free of 79.25, and 78.66 of 79.19 (H100).
constexpr MemoryRange kCudaContext = {MiB(400), MiB(500), MiB(600)};

// What a runtime keeps a part of a device's memory for.
enum class RuntimePartKind { kWeights, kKvCache, kActivations, kOverhead };

// One of the things that a runtime keeps in a device's memory.
struct RuntimePart {
  RuntimePartKind kind = RuntimePartKind::kOverhead;
  std::string_view name;  // "weights", "CUDA graphs", ...
  MemoryRange size;
  // How it was computed, with the numbers, and what says so: for a person to
  // check.
  std::string formula;
};

// What a runtime takes of one device.
struct RuntimeMemory {
  std::vector<RuntimePart> parts;

  MemoryRange total() const {
    MemoryRange sum;
    for (const RuntimePart& part : parts) sum = sum + part.size;
    return sum;
  }
};

// The sequences to run.
struct RuntimeLoad {
  int64_t sequence_length = 0;  // Tokens of each, prompt and answer.
  int64_t sequence_count = 1;   // Alive at once.
};

// "1 sequence", "2 sequences".
std::string CountedSequences(int64_t count);

// "131072 B in 32 layers": what all layers of `model` cache, `of_token` for a
// token each; which of them keep no more than their window, and what states
// take, in 16 bits.
std::string CacheText(const ModelShape& model,
                      absl::FunctionRef<Bytes(const Layer& layer)> of_token);

// FieldError: `value` of the contract's `field` lies outside of `least` to
// `most`.
absl::Status ValidateRange(std::string_view field, int64_t value, int64_t least,
                           int64_t most);

// FieldError: a length or count is not positive, or absurd.
absl::Status Validate(const RuntimeLoad& load);

}  // namespace hwledger
