#include "absl/strings/str_cat.h"
#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

struct MiniCpm {
  int64_t embedding = 0;
  int64_t heads = 0;
  int64_t query_rank = 0;
  int64_t key_value_rank = 0;
  int64_t rope = 0;           // Elements of a head that carry the position.
  int64_t position_free = 0;  // Those that do not.
  int64_t value = 0;
  int64_t inner = 0;
};

MiniCpm MiniCpmOf(HfConfig& config) {
  return {.embedding = config.Count("hidden_size"),
          .heads = config.Count("num_attention_heads"),
          .query_rank = config.Count("q_lora_rank"),
          .key_value_rank = config.Count("kv_lora_rank"),
          .rope = config.Count("qk_rope_head_dim"),
          .position_free = config.Count("qk_nope_head_dim"),
          .value = config.Count("v_head_dim"),
          .inner = config.Count("intermediate_size")};
}

// Keys and values are made out of a latent vector, as DeepSeek's are, but
// cached per head.
void AddAttention(const MiniCpm& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, absl::StrCat(name, ".weight")),
              std::move(dimensions));
  };
  add("attn_norm", {model.embedding});
  add("attn_q_a", {model.embedding, model.query_rank});
  add("attn_q_a_norm", {model.query_rank});
  add("attn_q_b",
      {model.query_rank, model.heads * (model.position_free + model.rope)});
  add("attn_kv_a_mqa", {model.embedding, model.key_value_rank + model.rope});
  add("attn_kv_a_norm", {model.key_value_rank});
  add("attn_kv_b", {model.key_value_rank,
                    model.heads * (model.position_free + model.value)});
  add("attn_output", {model.heads * model.value, model.embedding});
}

}  // namespace

void AddMiniCpm3(HfConfig& config, HeaderDraft& draft) {
  const MiniCpm model = MiniCpmOf(config);
  SetAttentionKeys(config, draft);
  draft.Set("attention.key_length", model.position_free + model.rope);
  draft.Set("attention.value_length", model.value);
  draft.Set("attention.q_lora_rank", model.query_rank);
  draft.Set("attention.kv_lora_rank", model.key_value_rank);
  draft.Set("rope.dimension_count", model.rope);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", true)},
          draft);
  if (config.Part("rope_scaling").Has("long_factor")) {
    draft.Add("rope_factors_long.weight", {model.rope / 2});
    draft.Add("rope_factors_short.weight", {model.rope / 2});
  }
  const int64_t block_count = config.Count("num_hidden_layers");
  for (int64_t block = 0; block < block_count; ++block) {
    AddAttention(model, block, draft);
    draft.Add(BlockTensor(block, "ffn_norm.weight"), {model.embedding});
    AddFeedForward(block, "", model.embedding, model.inner, draft);
  }
}

}  // namespace hwledger
