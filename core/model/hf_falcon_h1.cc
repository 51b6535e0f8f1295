#include <string_view>

#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

Mixer MixerOf(HfConfig& config) {
  const int64_t inner = config.Count("mamba_d_ssm");
  return {.embedding = config.Count("hidden_size"),
          .inner = inner,
          .state = config.Count("mamba_d_state"),
          .heads = inner / config.Count("mamba_d_head"),
          .groups = config.CountOr("mamba_n_groups", 1),
          .convolution = config.CountOr("mamba_d_conv", 4),
          .has_norm = config.FlagOr("mamba_rms_norm", false)};
}

void AddAttention(HfConfig& config, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t in, int64_t out) {
    draft.Add(BlockTensor(block, name), {in, out});
  };
  const int64_t embedding = config.Count("hidden_size");
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t head = config.Count("head_dim");
  const int64_t key_value = config.CountOr("num_key_value_heads", heads) * head;
  add("attn_q.weight", embedding, heads * head);
  add("attn_k.weight", embedding, key_value);
  add("attn_v.weight", embedding, key_value);
  add("attn_output.weight", heads * head, embedding);
}

}  // namespace

void AddFalconH1(HfConfig& config, HeaderDraft& draft) {
  const Mixer mixer = MixerOf(config);
  SetAttentionKeys(config, draft);
  SetMixerKeys(mixer, draft);
  AddEnds({.embedding_elements = mixer.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const int64_t block_count = config.Count("num_hidden_layers");
  for (int64_t block = 0; block < block_count; ++block) {
    draft.Add(BlockTensor(block, "attn_norm.weight"), {mixer.embedding});
    AddMixer(mixer, block, draft);
    AddAttention(config, block, draft);
    // Without ".weight", as the converter maps it and the loader asks for it.
    draft.Add(BlockTensor(block, "ffn_norm"), {mixer.embedding});
    AddFeedForward(block, "", mixer.embedding,
                   config.Count("intermediate_size"), draft);
  }
}

}  // namespace hwledger
