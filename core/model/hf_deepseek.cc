#include "absl/strings/str_cat.h"
#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

struct DeepSeek {
  int64_t embedding = 0;
  int64_t heads = 0;
  int64_t query_rank = 0;  // 0: queries are not compressed.
  int64_t key_value_rank = 0;
  int64_t rope = 0;           // Elements of a head that carry the position.
  int64_t position_free = 0;  // Those that do not.
  int64_t value = 0;
  int64_t inner = 0;
  int64_t expert_count = 0;
  int64_t expert_inner = 0;
  int64_t shared_expert_count = 0;
  int64_t dense_block_count = 0;
  bool has_expert_bias = false;
};

DeepSeek DeepSeekOf(HfConfig& config) {
  return {
      .embedding = config.Count("hidden_size"),
      .heads = config.Count("num_attention_heads"),
      .query_rank = config.CountOrNone("q_lora_rank"),
      .key_value_rank = config.Count("kv_lora_rank"),
      .rope = config.Count("qk_rope_head_dim"),
      .position_free = config.Count("qk_nope_head_dim"),
      .value = config.Count("v_head_dim"),
      .inner = config.Count("intermediate_size"),
      .expert_count = config.Count("n_routed_experts"),
      .expert_inner = config.Count("moe_intermediate_size"),
      .shared_expert_count = config.CountOrNone("n_shared_experts"),
      .dense_block_count = config.CountOrNone("first_k_dense_replace"),
      .has_expert_bias = config.TextOr("topk_method", "") == "noaux_tc",
  };
}

void SetKeys(const DeepSeek& model, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  // What is cached is one latent vector for all heads.
  draft.Set("attention.head_count_kv", int64_t{1});
  draft.Set("attention.key_length", model.key_value_rank + model.rope);
  draft.Set("attention.value_length", model.key_value_rank);
  draft.Set("attention.key_length_mla", model.position_free + model.rope);
  draft.Set("attention.value_length_mla", model.value);
  draft.Set("attention.kv_lora_rank", model.key_value_rank);
  if (model.query_rank > 0) {
    draft.Set("attention.q_lora_rank", model.query_rank);
  }
  draft.Set("rope.dimension_count", model.rope);
  draft.Set("leading_dense_block_count", model.dense_block_count);
  draft.Set("expert_count", model.expert_count);
  draft.Set("expert_shared_count", model.shared_expert_count);
  draft.Set("expert_feed_forward_length", model.expert_inner);
  draft.Set("expert_weights_scale", config.RealOr("routed_scaling_factor", 1));
  draft.Set("expert_weights_norm", config.FlagOr("norm_topk_prob", false));
  const bool sigmoid = config.TextOr("scoring_func", "softmax") == "sigmoid";
  draft.Set("expert_gating_func", int64_t{sigmoid ? 2 : 1});
  if (config.CountOr("n_group", 1) > 1) {
    draft.Set("expert_group_count", config.Count("n_group"));
    draft.Set("expert_group_used_count", config.Count("topk_group"));
  }
}

void AddAttention(const DeepSeek& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, absl::StrCat(name, ".weight")),
              std::move(dimensions));
  };
  const int64_t query = model.heads * (model.position_free + model.rope);
  add("attn_norm", {model.embedding});
  if (model.query_rank > 0) {
    add("attn_q_a", {model.embedding, model.query_rank});
    add("attn_q_a_norm", {model.query_rank});
    add("attn_q_b", {model.query_rank, query});
  } else {
    add("attn_q", {model.embedding, query});
  }
  add("attn_kv_a_mqa", {model.embedding, model.key_value_rank + model.rope});
  add("attn_kv_a_norm", {model.key_value_rank});
  add("attn_k_b", {model.position_free, model.key_value_rank, model.heads});
  add("attn_v_b", {model.key_value_rank, model.value, model.heads});
  add("attn_output", {model.heads * model.value, model.embedding});
}

void AddSparseFeedForward(const DeepSeek& model, int64_t block,
                          HeaderDraft& draft) {
  AddExperts(block, model.embedding, model.expert_inner, model.expert_count,
             draft.weights(), draft);
  if (model.has_expert_bias) {
    draft.Add(BlockTensor(block, "exp_probs_b.bias"), {model.expert_count});
  }
  if (model.shared_expert_count > 0) {
    AddFeedForward(block, "_shexp", model.embedding,
                   model.expert_inner * model.shared_expert_count, draft);
  }
}

}  // namespace

void AddDeepSeek(HfConfig& config, HeaderDraft& draft) {
  const DeepSeek model = DeepSeekOf(config);
  SetKeys(model, config, draft);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const int64_t block_count = config.Count("num_hidden_layers");
  for (int64_t block = 0; block < block_count; ++block) {
    AddAttention(model, block, draft);
    draft.Add(BlockTensor(block, "ffn_norm.weight"), {model.embedding});
    if (block < model.dense_block_count) {
      AddFeedForward(block, "", model.embedding, model.inner, draft);
    } else {
      AddSparseFeedForward(model, block, draft);
    }
  }
}

}  // namespace hwledger
