#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/model/divided_tensor.h"
#include "core/model/gguf.h"
#include "core/model/layer_matrices.h"

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

// How a layer that remembers a state comes from one token to the next.
enum class Recurrence {
  kNone,
  kMamba1,
  kMamba2,
  kDeltaNet,
  kKimiDelta,  // A delta net whose state forgets element by element.
  kRwkv6,
  kRwkv7,
  kShortConvolution,  // Nothing but a convolution.
};

// Of RWKV's two mixes, in elements per token. Some of what the time mix needs
// are products with two narrow matrices: how wide it is between them.
struct MixWidths {
  int64_t channels = 0;  // What the channel mix hides.
  int64_t mix = 0;       // RWKV 6: how much of the token before goes into each
                         // of five mixes.
  int64_t decay = 0;
  int64_t rate = 0;   // RWKV 7: of learning in context;
  int64_t value = 0;  // how much comes of the first layer's values;
  int64_t gate = 0;

  friend bool operator==(const MixWidths&, const MixWidths&) = default;
};

// The same for the part of a layer that remembers a state.
struct RecurrentWidths {
  Recurrence kind = Recurrence::kNone;
  int64_t inner = 0;      // What the recurrence gives.
  int64_t convolved = 0;  // What goes through the convolution.
  int64_t heads = 0;
  // Elements per sequence, which together are the layer's state.
  int64_t convolution_state = 0;
  int64_t state = 0;
  MixWidths mixes;

  friend bool operator==(const RecurrentWidths&,
                         const RecurrentWidths&) = default;
};

// How wide the results of a layer are, in elements per token: what the size of
// the compute buffer depends on. 0: the layer has no such part.
struct LayerWidths {
  int64_t query_heads = 0;
  int64_t query = 0;            // Of all heads, as is `output`.
  int64_t output = 0;           // What attention gives, before its projection.
  int64_t query_gate = 0;       // Projected with the queries, for the output.
  bool is_rotated = true;       // Queries and keys carry their position.
  bool norms_queries = false;   // And are normed before,
  bool biases_queries = false;  // or a bias is added.
  int64_t latent = 0;           // Latent attention: of one row of values,
  int64_t unlatent = 0;         // the queries outside of that space,
  int64_t unlatent_output = 0;  // and what attention gives there.
  int64_t feed_forward = 0;
  bool is_gated = false;     // The feed-forward part has a gate.
  bool is_parallel = false;  // It runs beside attention, on the same input.
  // Where both run side by side, whatever their inputs: attention's projection
  // waits for the feed-forward part; and the residual stream is added before
  // it, not at the end.
  bool projects_late = false;
  bool adds_stream_early = false;
  bool is_post_normed = false;     // Norms stand only behind the two parts.
  bool scales_result = false;      // By a weight, after all has been added.
  bool has_fused_queries = false;  // Keys and values come out of the same
  bool has_fused_gate = false;     // tensor; so do gate and value.
  int64_t experts_used = 0;
  int64_t expert_feed_forward = 0;
  int64_t shared_feed_forward = 0;  // Of the experts that all tokens pass.
  // The experts' inputs are weighted, each its own copy, and not their results.
  bool weighs_expert_inputs = false;
  int64_t index_top = 0;  // Tokens that attention looks at, of those cached.
  bool has_gated_experts = false;
  bool experts_fused = false;  // Gate and value come out of one tensor.
  int64_t layer_inputs = 0;    // Embeddings for each layer, of all layers.
  int64_t streams = 0;         // Copies of the residual stream (AltUp).
  RecurrentWidths recurrent;

  friend bool operator==(const LayerWidths&, const LayerWidths&) = default;
};

// One transformer block: what it weighs and what it must remember. All that the
// planner's formulas need and nothing that depends on a workload.
struct Layer {
  LayerKind kind = LayerKind::kFullAttention;
  Bytes weights;
  Bytes active_weights;         // Read for one token: not the idle experts.
  Bytes expert_weights;         // Of the routed experts; part of `weights`,
  Bytes active_expert_weights;  // and of `active_weights`.
  int64_t key_elements = 0;     // Cached per token.
  int64_t value_elements = 0;   // Cached per token.
  // The same without flash attention, which alone lets each layer have rows of
  // its own length.
  int64_t transposed_value_elements = 0;
  // Cached per token too: what chooses the tokens that attention looks at.
  int64_t index_elements = 0;
  int64_t window_tokens = 0;   // Tokens that attention looks back; 0: all.
  int64_t state_elements = 0;  // F32, per sequence, whatever its length.
  // The engine leaves layers in the file that only predict further tokens: they
  // are there to be counted and take no memory.
  bool is_loaded = true;
  // Of matrices, multiplied with for one token; of them, those of experts.
  int64_t active_elements = 0;
  int64_t active_expert_elements = 0;
  // The same of those stored in blocks.
  int64_t quantized_elements = 0;
  int64_t quantized_expert_elements = 0;
  // Of which one token uses widths.experts_used.
  int64_t expert_count = 0;
  LayerMatrices matrices;
  LayerWidths widths;

  friend bool operator==(const Layer&, const Layer&) = default;
};

// What a model is, in the planner's terms.
struct ModelShape {
  std::string name;
  std::string architecture;
  std::string quantization;
  std::vector<Layer> layers;
  Bytes input_weights;   // The token embedding and what else stays on the host.
  Bytes output_weights;  // The output layer, without the embedding if tied.
  Bytes embedding_weights;  // The token embedding alone.
  // Stored once but on every device with layers, or with those that see all
  // tokens alike: tables of RoPE factors.
  Bytes shared_weights;
  bool shares_with_windows = true;
  bool tied_embedding = false;
  bool quantized_output = false;
  // The norm before the output layer takes the mean away, which the engine does
  // not do in place.
  bool centers_output = false;
  bool has_position_table = false;  // Of embeddings, added to those of tokens.
  // One tied on the host is there twice: the CPU back-end multiplies with it in
  // a layout of its own, or it is loaded once more for the output.
  bool doubled_embedding = false;
  int64_t parameter_count = 0;
  int64_t active_parameter_count = 0;
  int64_t embedding_elements = 0;
  int64_t vocabulary_size = 0;
  int64_t context_tokens_max = 0;
  // What is loaded where layers are, and how devices that share every layer
  // divide it. Empty: not known to the byte.
  std::vector<DividedTensor> divided_tensors;
};

// Reads the shape out of a header. Unimplemented: an architecture whose memory
// is not known to the byte; DataLoss: a key or tensor that the architecture
// needs is missing or absurd.
absl::StatusOr<ModelShape> ShapeOf(const GgufHeader& header);

// What a header says of a model whose architecture ShapeOf does not know: names
// and counts. Its layers are there to be counted, without any sizes.
ModelShape OutlineOf(const GgufHeader& header);

}  // namespace hwledger
