#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/model/header_draft.h"
#include "core/model/hf_config.h"

namespace hwledger {

// What tells decoders with routed experts apart, besides their sizes.
struct SparseFamily {
  enum class Bias { kNone, kInputs, kAll };
  enum class HeadNorm {
    kNone,
    kIfAsked,   // One for each head, where the config has "use_qk_norm".
    kEachHead,  // The same for every head.
    kAllHeads,  // Over all heads at once.
  };

  std::string_view model_type;
  // Of a block; empty ones are not there.
  std::array<std::string_view, 4> norms = {"attn_norm", "ffn_norm"};
  Bias attention_bias = Bias::kNone;
  HeadNorm head_norm = HeadNorm::kNone;
  bool fuses_inputs = false;       // Queries, keys and values are one tensor.
  bool corrects_routing = false;   // A bias that the routing alone sees.
  bool gates_shared = false;       // The shared expert is weighted by a gate.
  bool biases_norms = false;       // The norms' and the output's biases too.
  bool is_sigmoid_routed = false;  // Where the config does not say.
  double rotated_share = 1;        // Of a head, where the config does not say.
};

// Null for a type of model that is no such decoder.
const SparseFamily* FindSparseFamily(std::string_view model_type);

struct SparseSizes {
  int64_t block_count = 0;
  int64_t embedding = 0;
  int64_t heads = 0;
  int64_t key_value_heads = 0;
  int64_t head = 0;
  int64_t value_head = 0;
  int64_t vocabulary = 0;
  int64_t inner = 0;  // Of blocks without experts.
  int64_t expert_count = 0;
  int64_t experts_used = 0;
  int64_t expert_inner = 0;
  int64_t shared_count = 0;
  int64_t shared_inner = 0;       // Of all shared experts.
  int64_t dense_block_count = 0;  // At the start.
  int64_t sparse_period = 1;      // Of as many blocks the last has experts.
  // Blocks after the last that predict further tokens.
  int64_t nextn_block_count = 0;

  bool IsSparse(int64_t block) const {
    return block >= dense_block_count && (block + 1) % sparse_period == 0;
  }
};

SparseSizes SparseSizesOf(const SparseFamily& family, HfConfig& config);

// Decoders with grouped-query attention whose feed-forward networks are routed
// experts, with or without shared ones.
void AddSparseDecoder(const SparseFamily& family, HfConfig& config,
                      HeaderDraft& draft);

}  // namespace hwledger
