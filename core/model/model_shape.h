#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/model/gguf.h"

namespace hwledger {

enum class LayerKind {
  kFullAttention,
  kSlidingWindow,
  kChunkedAttention,
  kLatentAttention,
  kRecurrent,
  kHybrid,
  kNoCache,
};

// One transformer block: what it weighs and what it must remember. All that the
// planner's formulas need and nothing that depends on a workload.
struct Layer {
  LayerKind kind = LayerKind::kFullAttention;
  Bytes weights;
  Bytes active_weights;        // Read for one token: not the idle experts.
  int64_t key_elements = 0;    // Cached per token.
  int64_t value_elements = 0;  // Cached per token.
  int64_t window_tokens = 0;   // Tokens that attention looks back; 0: all.
  int64_t state_elements = 0;  // F32, per sequence, whatever its length.
};

// What a model is, in the planner's terms.
struct ModelShape {
  std::string name;
  std::string architecture;
  std::string quantization;
  std::vector<Layer> layers;
  Bytes input_weights;   // The token embedding and what else stays on the host.
  Bytes output_weights;  // The output layer; empty where it is the embedding.
  bool tied_embedding = false;
  int64_t parameter_count = 0;
  int64_t active_parameter_count = 0;
  int64_t embedding_elements = 0;
  int64_t vocabulary_size = 0;
  int64_t context_tokens_max = 0;
};

// Reads the shape out of a header. Unimplemented: an architecture whose memory
// is not known to the byte; DataLoss: a key or tensor that the architecture
// needs is missing or absurd.
absl::StatusOr<ModelShape> ShapeOf(const GgufHeader& header);

}  // namespace hwledger
