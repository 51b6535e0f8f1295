#include <string>
#include <vector>

#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

Mixer GraniteMixer(HfConfig& config) {
  const int64_t embedding = config.Count("hidden_size");
  return {.embedding = embedding,
          .inner = config.CountOr("mamba_expand", 2) * embedding,
          .state = config.Count("mamba_d_state"),
          .heads = config.Count("mamba_n_heads"),
          .groups = config.CountOr("mamba_n_groups", 1),
          .convolution = config.CountOr("mamba_d_conv", 4)};
}

struct GraniteAttention {
  int64_t embedding = 0;
  int64_t query = 0;
  int64_t key_value = 0;
};

void AddAttention(const GraniteAttention& attention, int64_t block,
                  HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t in, int64_t out) {
    draft.Add(BlockTensor(block, name), {in, out});
  };
  add("attn_q.weight", attention.embedding, attention.query);
  add("attn_k.weight", attention.embedding, attention.key_value);
  add("attn_v.weight", attention.embedding, attention.key_value);
  add("attn_output.weight", attention.query, attention.embedding);
}

void AddGraniteFeedForward(HfConfig& config, int64_t block,
                           HeaderDraft& draft) {
  const int64_t embedding = config.Count("hidden_size");
  const int64_t shared = config.Count("shared_intermediate_size");
  draft.Add(BlockTensor(block, "ffn_norm.weight"), {embedding});
  const int64_t experts = config.CountOrNone("num_local_experts");
  if (experts > 0) {
    AddExperts(block, embedding, config.Count("intermediate_size"), experts,
               draft.weights(), draft);
  }
  AddFeedForward(block, experts > 0 ? "_shexp" : "", embedding, shared, draft);
}

void SetGraniteKeys(HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("context_length", kUnlimitedTokens);
  draft.Set("expert_shared_feed_forward_length",
            config.Count("shared_intermediate_size"));
  draft.Set("expert_count", config.CountOrNone("num_local_experts"));
  draft.Set("rope.scaling.finetuned", false);
  SetScales("granitemoehybrid", config, draft);
}

}  // namespace

void AddGraniteHybrid(HfConfig& config, HeaderDraft& draft) {
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t key_value_heads = config.CountOr("num_key_value_heads", heads);
  const int64_t embedding = config.Count("hidden_size");
  const Mixer mixer = GraniteMixer(config);
  const GraniteAttention attention = {
      .embedding = embedding,
      .query = embedding,
      .key_value = embedding / heads * key_value_heads};
  SetGraniteKeys(config, draft);
  SetMixerKeys(mixer, draft);
  AddEnds({.embedding_elements = embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const std::vector<std::string> layer_types =
      config.Texts("layer_types", config.Count("num_hidden_layers"));
  GgufArray key_value_heads_of_blocks;
  for (const std::string& type : layer_types) {
    const int64_t block = key_value_heads_of_blocks.length++;
    draft.Add(BlockTensor(block, "attn_norm.weight"), {embedding});
    if (type == "attention") {
      AddAttention(attention, block, draft);
    } else {
      AddMixer(mixer, block, draft);
    }
    key_value_heads_of_blocks.integers.push_back(
        type == "attention" ? key_value_heads : 0);
    AddGraniteFeedForward(config, block, draft);
  }
  draft.Set("attention.head_count_kv", key_value_heads_of_blocks);
}

}  // namespace hwledger
