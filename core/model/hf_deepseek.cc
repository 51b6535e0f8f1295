#include <string>
#include <utility>
#include <vector>

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
  int64_t indexer_heads = 0;  // 0: attention looks at all tokens.
  int64_t indexer_head = 0;   // Elements of a head.
  // Of every block, whether it has an indexer or shares that of a block before;
  // empty: all have.
  std::vector<int64_t> has_indexer;
  int64_t block_count = 0;
  // Blocks after the last that predict further tokens; with an embedding and an
  // output of their own, or without.
  int64_t nextn_block_count = 0;
  bool nextn_has_ends = true;

  bool HasIndexer(int64_t block) const {
    return indexer_heads > 0 && (block >= std::ssize(has_indexer) ||
                                 has_indexer[static_cast<size_t>(block)] != 0);
  }
};

// DeepSeek-V3 and its kin are converted without the blocks for prediction.
bool KeepsNextTokenPrediction(std::string_view model_type) {
  return model_type == "deepseek_v32" || model_type == "glm4_moe_lite" ||
         model_type == "glm_moe_dsa";
}

void ReadIndexer(HfConfig& config, DeepSeek& model) {
  if (!config.Has("index_n_heads")) return;
  model.indexer_heads = config.Count("index_n_heads");
  model.indexer_head = config.Count("index_head_dim");
  if (!config.Has("indexer_types")) return;
  for (const std::string& type :
       config.Texts("indexer_types", model.block_count)) {
    model.has_indexer.push_back(type == "full" ? 1 : 0);
  }
}

DeepSeek DeepSeekOf(std::string_view model_type, HfConfig& config) {
  DeepSeek model = {
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
      .block_count = config.Count("num_hidden_layers"),
      // GLM-5 shares both with the model.
      .nextn_has_ends = model_type != "glm_moe_dsa",
  };
  if (KeepsNextTokenPrediction(model_type)) {
    model.nextn_block_count = config.CountOrNone("num_nextn_predict_layers");
  }
  ReadIndexer(config, model);
  return model;
}

void SetIndexerKeys(const DeepSeek& model, HfConfig& config,
                    HeaderDraft& draft) {
  if (model.indexer_heads == 0) return;
  draft.Set("attention.indexer.head_count", model.indexer_heads);
  draft.Set("attention.indexer.key_length", model.indexer_head);
  draft.Set("attention.indexer.top_k", config.Count("index_topk"));
  if (!model.has_indexer.empty()) {
    draft.Set("attention.indexer.types",
              GgufArray{.length = std::ssize(model.has_indexer),
                        .integers = model.has_indexer});
  }
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
  draft.Set("block_count", model.block_count + model.nextn_block_count);
  if (model.nextn_block_count > 0) {
    draft.Set("nextn_predict_layers", model.nextn_block_count);
  }
  draft.Set("leading_dense_block_count", model.dense_block_count);
  draft.Set("expert_count", model.expert_count);
  draft.Set("expert_shared_count", model.shared_expert_count);
  draft.Set("expert_feed_forward_length", model.expert_inner);
  draft.Set("expert_weights_scale", config.RealOr("routed_scaling_factor", 1));
  draft.Set("expert_weights_norm", config.FlagOr("norm_topk_prob", false));
  const bool sigmoid = config.TextOr("scoring_func", "softmax") == "sigmoid";
  draft.Set("expert_gating_func", sigmoid ? kSigmoidGating : kSoftmaxGating);
  if (config.CountOr("n_group", 1) > 1) {
    draft.Set("expert_group_count", config.Count("n_group"));
    draft.Set("expert_group_used_count", config.Count("topk_group"));
  }
  SetIndexerKeys(model, config, draft);
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

// Chooses the tokens that a block attends to (DeepSeek-V3.2, lightning
// indexer).
void AddIndexer(const DeepSeek& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, absl::StrCat("indexer.", name)),
              std::move(dimensions));
  };
  add("k_norm.weight", {model.indexer_head});
  add("k_norm.bias", {model.indexer_head});
  add("proj.weight", {model.embedding, model.indexer_heads});
  add("attn_k.weight", {model.embedding, model.indexer_head});
  add("attn_q_b.weight",
      {model.query_rank, model.indexer_heads * model.indexer_head});
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

void AddDeepSeek(std::string_view model_type, HfConfig& config,
                 HeaderDraft& draft) {
  const DeepSeek model = DeepSeekOf(model_type, config);
  SetKeys(model, config, draft);
  const int64_t vocabulary = config.Count("vocab_size");
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = vocabulary,
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const int64_t last = model.block_count + model.nextn_block_count;
  for (int64_t block = 0; block < last; ++block) {
    AddAttention(model, block, draft);
    if (model.HasIndexer(block)) AddIndexer(model, block, draft);
    draft.Add(BlockTensor(block, "ffn_norm.weight"), {model.embedding});
    if (block < model.dense_block_count) {
      AddFeedForward(block, "", model.embedding, model.inner, draft);
    } else {
      AddSparseFeedForward(model, block, draft);
    }
    if (block >= model.block_count) {
      AddNextTokenPrediction(
          {.block = block,
           .embedding_elements = model.embedding,
           .vocabulary_size = model.nextn_has_ends ? vocabulary : 0},
          draft);
    }
  }
}

}  // namespace hwledger
