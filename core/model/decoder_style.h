#pragma once

#include <array>
#include <string_view>

namespace hwledger {

// What a decoder's queries and keys are normalized by.
enum class QueryKeyNorm {
  kNone,
  kHead,      // One weight per element of a head.
  kEachHead,  // The same for each head of its own, where the config asks.
  kWhole,     // One weight per element of all heads.
};

// Where the gate of the feed-forward part is.
enum class Gate {
  kNone,
  kApart,
  kInUp,  // One tensor with the value's weights, twice as wide.
};

// Which projections have a bias, if any has.
enum class Biased {
  kInput,  // Of attention: queries, keys and values.
  kAttention,
  kEverything,  // The feed-forward part too.
};

// In which tensors one type of decoder differs from the next (llama.cpp:
// src/models, load_arch_tensors).
struct DecoderStyle {
  std::string_view model_type;  // In a config.
  // Of a block, and "" for the rest.
  std::array<std::string_view, 4> norms = {"attn_norm", "ffn_norm"};
  // The config's key for the epsilon of LayerNorm; empty: it is RMSNorm.
  std::string_view layer_norm_key;
  bool norms_biased = false;
  QueryKeyNorm query_key_norm = QueryKeyNorm::kNone;
  bool fused_attention = false;  // Queries, keys and values in one tensor.
  Gate gate = Gate::kApart;
  Biased biased = Biased::kAttention;
  // The config's key for whether there are biases, and what holds without it.
  std::string_view bias_key = "attention_bias";
  bool biased_if_missing = false;
  // The config may leave out the context, then of 2048 tokens, and the width of
  // the feed-forward part, then of four times the embedding.
  bool sizes_implied = false;
  // Where the config does not say that the output is the token embedding.
  bool tied_if_missing = false;
};

// That of a llama for a type without one of its own.
const DecoderStyle& StyleOf(std::string_view model_type);

}  // namespace hwledger
