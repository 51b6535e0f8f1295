#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

// What a letter of the config's pattern stands for.
constexpr char kMixer = 'M';
constexpr char kAttention = '*';

struct NemotronH {
  Mixer mixer;
  int64_t embedding = 0;
  int64_t query = 0;
  int64_t key_value = 0;
  int64_t key_value_heads = 0;
  int64_t inner = 0;
  int64_t expert_count = 0;  // 0: the feed-forward layers are dense.
  int64_t expert_inner = 0;
  int64_t shared_inner = 0;
};

NemotronH NemotronHOf(HfConfig& config) {
  const int64_t embedding = config.Count("hidden_size");
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t head = config.CountOfAny({"head_dim", "attention_head_dim"});
  const int64_t key_value_heads = config.CountOr("num_key_value_heads", heads);
  const int64_t mixer_heads = config.Count("mamba_num_heads");
  NemotronH model = {
      .mixer = {.embedding = embedding,
                .inner = mixer_heads * config.Count("mamba_head_dim"),
                .state = config.Count("ssm_state_size"),
                .heads = mixer_heads,
                .groups = config.Count("n_groups"),
                .convolution = config.CountOr("conv_kernel", 4)},
      .embedding = embedding,
      .query = heads * head,
      .key_value = key_value_heads * head,
      .key_value_heads = key_value_heads,
      .inner = config.Count("intermediate_size")};
  if (config.Has("num_experts_per_tok")) {
    model.expert_count = config.Count("n_routed_experts");
    model.expert_inner = config.Count("moe_intermediate_size");
    model.shared_inner = config.Count("moe_shared_expert_intermediate_size");
  }
  return model;
}

void SetKeys(const NemotronH& model, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  SetMixerKeys(model.mixer, draft);
  // There are no positions.
  draft.Set("context_length", kUnlimitedTokens);
  draft.Set("rope.scaling.finetuned", false);
  const int64_t head = config.CountOfAny({"head_dim", "attention_head_dim"});
  draft.Set("attention.key_length", head);
  draft.Set("attention.value_length", head);
  const double epsilon = config.RealOr("layer_norm_epsilon", 1e-5);
  draft.Set("attention.layer_norm_epsilon", epsilon);
  draft.Set("attention.layer_norm_rms_epsilon", epsilon);
  if (model.expert_count == 0) return;
  draft.Set("expert_count", model.expert_count);
  draft.Set("expert_shared_count", config.CountOrNone("n_shared_experts"));
  draft.Set("expert_feed_forward_length", model.expert_inner);
  draft.Set("expert_shared_feed_forward_length", model.shared_inner);
  draft.Set("expert_weights_norm", config.FlagOr("norm_topk_prob", false));
  draft.Set("expert_weights_scale", config.RealOr("routed_scaling_factor", 1));
  draft.Set("expert_group_count", config.CountOr("n_group", 1));
}

void AddAttention(const NemotronH& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t in, int64_t out) {
    draft.Add(BlockTensor(block, name), {in, out});
  };
  add("attn_q.weight", model.embedding, model.query);
  add("attn_k.weight", model.embedding, model.key_value);
  add("attn_v.weight", model.embedding, model.key_value);
  add("attn_output.weight", model.query, model.embedding);
}

// No gates: the activation is a squared ReLU.
void AddFeedForwardOf(const NemotronH& model, int64_t block,
                      HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  if (model.expert_count == 0) {
    add("ffn_up.weight", {model.embedding, model.inner});
    add("ffn_down.weight", {model.inner, model.embedding});
    return;
  }
  add("ffn_gate_inp.weight", {model.embedding, model.expert_count});
  add("exp_probs_b.bias", {model.expert_count});
  add("ffn_up_exps.weight",
      {model.embedding, model.expert_inner, model.expert_count});
  add("ffn_down_exps.weight",
      {model.expert_inner, model.embedding, model.expert_count});
  add("ffn_up_shexp.weight", {model.embedding, model.shared_inner});
  add("ffn_down_shexp.weight", {model.shared_inner, model.embedding});
}

}  // namespace

void AddNemotronH(HfConfig& config, HeaderDraft& draft) {
  const NemotronH model = NemotronHOf(config);
  SetKeys(model, config, draft);
  const int64_t vocabulary = RoundedUp(config.Count("vocab_size"), 8);
  draft.Set("vocab_size", vocabulary);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = vocabulary,
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const std::string pattern = config.Letters("hybrid_override_pattern",
                                             config.Count("num_hidden_layers"));
  GgufArray key_value_heads;
  GgufArray feed_forward;
  const int64_t inner =
      model.expert_count > 0 ? model.expert_inner : model.inner;
  for (const char kind : pattern) {
    const int64_t block = key_value_heads.length++;
    ++feed_forward.length;
    key_value_heads.integers.push_back(
        kind == kAttention ? model.key_value_heads : 0);
    feed_forward.integers.push_back(
        kind == kAttention || kind == kMixer ? 0 : inner);
    draft.Add(BlockTensor(block, "attn_norm.weight"), {model.embedding});
    if (kind == kMixer) {
      AddMixer(model.mixer, block, draft);
    } else if (kind == kAttention) {
      AddAttention(model, block, draft);
    } else {
      AddFeedForwardOf(model, block, draft);
    }
  }
  draft.Set("attention.head_count_kv", key_value_heads);
  draft.Set("feed_forward_length", feed_forward);
}

}  // namespace hwledger
