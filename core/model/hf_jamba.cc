#include <string_view>

#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

bool InTurn(int64_t block, int64_t period, int64_t offset) {
  return block >= offset && (block - offset) % period == 0;
}

SelectiveMixer JambaMixer(HfConfig& config) {
  const int64_t embedding = config.Count("hidden_size");
  return {.embedding = embedding,
          .inner = config.CountOr("mamba_expand", 2) * embedding,
          .state = config.CountOr("mamba_d_state", 16),
          .rank = config.CountOr("mamba_dt_rank", TimeStepRank(embedding)),
          .convolution = config.CountOr("mamba_d_conv", 4),
          .has_norms = true};
}

void AddJambaAttention(HfConfig& config, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t in, int64_t out) {
    draft.Add(BlockTensor(block, name), {in, out});
  };
  const int64_t embedding = config.Count("hidden_size");
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t key_value =
      embedding / heads * config.CountOr("num_key_value_heads", heads);
  add("attn_q.weight", embedding, embedding);
  add("attn_k.weight", embedding, key_value);
  add("attn_v.weight", embedding, key_value);
  add("attn_output.weight", embedding, embedding);
}

void AddJambaFeedForward(HfConfig& config, int64_t block, HeaderDraft& draft) {
  const int64_t embedding = config.Count("hidden_size");
  const int64_t inner = config.Count("intermediate_size");
  const int64_t experts = config.CountOr("num_experts", 1);
  draft.Add(BlockTensor(block, "ffn_norm.weight"), {embedding});
  if (experts > 1 && InTurn(block, config.CountOr("expert_layer_period", 2),
                            config.CountOrNone("expert_layer_offset"))) {
    AddExperts(block, embedding, inner, experts, draft.weights(), draft);
  } else {
    AddFeedForward(block, "", embedding, inner, draft);
  }
}

}  // namespace

void AddJamba(HfConfig& config, HeaderDraft& draft) {
  const SelectiveMixer mixer = JambaMixer(config);
  SetAttentionKeys(config, draft);
  SetMixerKeys(mixer, draft);
  draft.Set("expert_count", config.CountOr("num_experts", 1));
  AddEnds({.embedding_elements = mixer.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const int64_t period = config.CountOr("attn_layer_period", 8);
  const int64_t offset = config.CountOrNone("attn_layer_offset");
  const int64_t key_value_heads = config.CountOr(
      "num_key_value_heads", config.Count("num_attention_heads"));
  GgufArray key_value_heads_of_blocks = {.length =
                                             config.Count("num_hidden_layers")};
  for (int64_t block = 0; block < key_value_heads_of_blocks.length; ++block) {
    const bool attends = InTurn(block, period, offset);
    draft.Add(BlockTensor(block, "attn_norm.weight"), {mixer.embedding});
    if (attends) {
      AddJambaAttention(config, block, draft);
    } else {
      AddMixer(mixer, block, draft);
    }
    AddJambaFeedForward(config, block, draft);
    key_value_heads_of_blocks.integers.push_back(attends ? key_value_heads : 0);
  }
  draft.Set("attention.head_count_kv", key_value_heads_of_blocks);
}

}  // namespace hwledger
