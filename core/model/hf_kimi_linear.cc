#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

struct KimiLinear {
  int64_t embedding = 0;
  int64_t heads = 0;
  int64_t head = 0;         // Of a layer with a state.
  int64_t convolution = 0;  // Likewise.
  int64_t key_value_rank = 0;
  int64_t rope = 0;
  int64_t position_free = 0;
  int64_t value = 0;
  int64_t inner = 0;
  int64_t expert_count = 0;
  int64_t expert_inner = 0;
  int64_t shared_expert_count = 0;
  int64_t dense_block_count = 0;

  int64_t width() const { return heads * head; }
};

KimiLinear KimiLinearOf(HfConfig& config, HfConfig& linear) {
  return {.embedding = config.Count("hidden_size"),
          .heads = config.Count("num_attention_heads"),
          .head = linear.Count("head_dim"),
          .convolution = linear.Count("short_conv_kernel_size"),
          .key_value_rank = config.Count("kv_lora_rank"),
          .rope = config.Count("qk_rope_head_dim"),
          .position_free = config.Count("qk_nope_head_dim"),
          .value = config.Count("v_head_dim"),
          .inner = config.Count("intermediate_size"),
          .expert_count = config.Count("num_experts"),
          .expert_inner = config.Count("moe_intermediate_size"),
          .shared_expert_count = config.CountOr("num_shared_experts", 1),
          .dense_block_count = config.CountOrNone("first_k_dense_replace")};
}

void SetKeys(const KimiLinear& model, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("attention.key_length", model.key_value_rank + model.rope);
  draft.Set("attention.value_length", model.key_value_rank);
  draft.Set("attention.key_length_mla", model.position_free + model.rope);
  draft.Set("attention.value_length_mla", model.value);
  draft.Set("attention.kv_lora_rank", model.key_value_rank);
  draft.Set("rope.dimension_count", model.rope);
  draft.Set("ssm.conv_kernel", model.convolution);
  draft.Set("kda.head_dim", model.head);
  draft.Set("expert_count", model.expert_count);
  draft.Set("expert_used_count", config.Count("num_experts_per_token"));
  draft.Set("expert_shared_count", model.shared_expert_count);
  draft.Set("expert_feed_forward_length", model.expert_inner);
  draft.Set("leading_dense_block_count", model.dense_block_count);
  draft.Set("expert_weights_scale", config.RealOr("routed_scaling_factor", 1));
  draft.Set("expert_gating_func", kSigmoidGating);
}

void AddLatentAttention(const KimiLinear& model, int64_t block,
                        HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t rank = model.key_value_rank;
  add("attn_q.weight",
      {model.embedding, model.heads * (model.position_free + model.rope)});
  add("attn_kv_a_mqa.weight", {model.embedding, rank + model.rope});
  add("attn_kv_a_norm.weight", {rank});
  add("attn_k_b.weight", {model.position_free, rank, model.heads});
  add("attn_v_b.weight", {rank, model.value, model.heads});
  add("attn_output.weight", {model.heads * model.value, model.embedding});
}

void AddDeltaAttention(const KimiLinear& model, int64_t block,
                       HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t width = model.width();
  for (const std::string_view name :
       {"ssm_conv1d_q.weight", "ssm_conv1d_k.weight", "ssm_conv1d_v.weight"}) {
    add(name, {model.convolution, 1, width, 1});
  }
  for (const std::string_view name :
       {"attn_q.weight", "attn_k.weight", "attn_v.weight"}) {
    add(name, {model.embedding, width});
  }
  add("ssm_f_a.weight", {model.embedding, model.head});
  add("ssm_f_b.weight", {model.head, width});
  add("ssm_beta.weight", {model.embedding, model.heads});
  add("ssm_a", {1, model.heads});
  add("ssm_dt.bias", {width});
  add("ssm_g_a.weight", {model.embedding, model.head});
  add("ssm_g_b.weight", {model.head, width});
  add("ssm_norm.weight", {model.head});
  add("attn_output.weight", {width, model.embedding});
}

void AddFeedForwardOf(const KimiLinear& model, int64_t block,
                      HeaderDraft& draft) {
  draft.Add(BlockTensor(block, "ffn_norm.weight"), {model.embedding});
  if (block < model.dense_block_count) {
    AddFeedForward(block, "", model.embedding, model.inner, draft);
    return;
  }
  AddExperts(block, model.embedding, model.expert_inner, model.expert_count,
             draft.weights(), draft);
  draft.Add(BlockTensor(block, "exp_probs_b.bias"), {model.expert_count});
  AddFeedForward(block, "_shexp", model.embedding,
                 model.expert_inner * model.shared_expert_count, draft);
}

}  // namespace

void AddKimiLinear(HfConfig& config, HeaderDraft& draft) {
  HfConfig linear = config.Part("linear_attn_config");
  const KimiLinear model = KimiLinearOf(config, linear);
  // Counted from one.
  const std::vector<int64_t> attending = linear.Counts("full_attn_layers");
  SetKeys(model, config, draft);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  GgufArray key_value_heads = {.length = config.Count("num_hidden_layers")};
  for (int64_t block = 0; block < key_value_heads.length; ++block) {
    const bool attends = absl::c_linear_search(attending, block + 1);
    // One latent vector for all heads.
    key_value_heads.integers.push_back(attends ? 1 : 0);
    draft.Add(BlockTensor(block, "attn_norm.weight"), {model.embedding});
    if (attends) {
      AddLatentAttention(model, block, draft);
    } else {
      AddDeltaAttention(model, block, draft);
    }
    AddFeedForwardOf(model, block, draft);
  }
  draft.Set("attention.head_count_kv", key_value_heads);
  config.Adopt(linear.status());
}

}  // namespace hwledger
