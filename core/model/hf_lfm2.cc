#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

struct Lfm2 {
  int64_t embedding = 0;
  int64_t heads = 0;
  int64_t key_value_heads = 0;
  int64_t inner = 0;
  int64_t convolution = 0;
  int64_t expert_count = 0;
  int64_t expert_inner = 0;
  int64_t dense_block_count = 0;

  int64_t head() const { return embedding / heads; }
};

// Two thirds of what the config names, in whole multiples, where it says so.
int64_t InnerOf(HfConfig& config) {
  const int64_t named = config.Has("block_ff_dim")
                            ? config.Count("block_ff_dim")
                            : config.Count("intermediate_size");
  if (!config.FlagOr("block_auto_adjust_ff_dim", false)) return named;
  const double factor = config.RealOr("block_ffn_dim_multiplier", 1);
  const int64_t two_thirds = 2 * named / 3;
  return RoundedUp(
      static_cast<int64_t>(factor * static_cast<double>(two_thirds)),
      config.CountOr("block_multiple_of", 256));
}

Lfm2 Lfm2Of(std::string_view model_type, HfConfig& config) {
  const int64_t heads = config.Count("num_attention_heads");
  Lfm2 model = {.embedding = config.Count("hidden_size"),
                .heads = heads,
                .key_value_heads = config.CountOr("num_key_value_heads", heads),
                .inner = InnerOf(config),
                .convolution = config.Count("conv_L_cache"),
                .dense_block_count = config.Count("num_hidden_layers")};
  if (model_type == "lfm2_moe") {
    model.expert_count = config.Count("num_experts");
    model.expert_inner = config.Count("moe_intermediate_size");
    model.dense_block_count = config.CountOrNone("num_dense_layers");
  }
  return model;
}

// Which blocks attend: named one by one, or by the kind of every block.
std::vector<bool> AttendingBlocks(HfConfig& config) {
  const int64_t block_count = config.Count("num_hidden_layers");
  std::vector<bool> attends;
  if (config.Has("layer_types")) {
    for (const std::string& type : config.Texts("layer_types", block_count)) {
      attends.push_back(type == "full_attention");
    }
    return attends;
  }
  const std::vector<int64_t> named = config.Counts("full_attn_idxs");
  for (int64_t block = 0; block < block_count; ++block) {
    attends.push_back(absl::c_linear_search(named, block));
  }
  return attends;
}

void SetKeys(const Lfm2& model, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("feed_forward_length", model.inner);
  draft.Set("attention.layer_norm_rms_epsilon",
            config.RealOr("norm_eps", 1e-5));
  draft.Set("shortconv.l_cache", model.convolution);
  if (model.expert_count > 0) {
    draft.Set("expert_count", model.expert_count);
    draft.Set("expert_feed_forward_length", model.expert_inner);
    draft.Set("leading_dense_block_count", model.dense_block_count);
    draft.Set("expert_gating_func", kSigmoidGating);
  }
}

void AddAttention(const Lfm2& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t key_value = model.key_value_heads * model.head();
  add("attn_q.weight", {model.embedding, model.embedding});
  add("attn_k.weight", {model.embedding, key_value});
  add("attn_v.weight", {model.embedding, key_value});
  add("attn_output.weight", {model.embedding, model.embedding});
  add("attn_q_norm.weight", {model.head()});
  add("attn_k_norm.weight", {model.head()});
}

void AddConvolution(const Lfm2& model, int64_t block, HeaderDraft& draft) {
  draft.Add(BlockTensor(block, "shortconv.conv.weight"),
            {model.convolution, model.embedding});
  draft.Add(BlockTensor(block, "shortconv.in_proj.weight"),
            {model.embedding, 3 * model.embedding});
  draft.Add(BlockTensor(block, "shortconv.out_proj.weight"),
            {model.embedding, model.embedding});
}

void AddFeedForwardOf(const Lfm2& model, int64_t block, HeaderDraft& draft) {
  draft.Add(BlockTensor(block, "ffn_norm.weight"), {model.embedding});
  if (block < model.dense_block_count) {
    AddFeedForward(block, "", model.embedding, model.inner, draft);
    return;
  }
  AddExperts(block, model.embedding, model.expert_inner, model.expert_count,
             draft.weights(), draft);
  draft.Add(BlockTensor(block, "exp_probs_b.bias"), {model.expert_count});
}

}  // namespace

void AddLfm2(std::string_view model_type, HfConfig& config,
             HeaderDraft& draft) {
  const Lfm2 model = Lfm2Of(model_type, config);
  SetKeys(model, config, draft);
  const int64_t vocabulary = config.Count("vocab_size");
  draft.Add("token_embd.weight", {model.embedding, vocabulary});
  // The norm before the output, as this family calls it.
  draft.Add("token_embd_norm.weight", {model.embedding});
  const bool tied = config.FlagOr("tie_word_embeddings",
                                  config.FlagOr("tie_embedding", true));
  if (!tied) draft.Add("output.weight", {model.embedding, vocabulary});

  GgufArray key_value_heads;
  for (const bool attends : AttendingBlocks(config)) {
    const int64_t block = key_value_heads.length++;
    key_value_heads.integers.push_back(attends ? model.key_value_heads : 0);
    draft.Add(BlockTensor(block, "attn_norm.weight"), {model.embedding});
    if (attends) {
      AddAttention(model, block, draft);
    } else {
      AddConvolution(model, block, draft);
    }
    AddFeedForwardOf(model, block, draft);
  }
  draft.Set("attention.head_count_kv", key_value_heads);
}

}  // namespace hwledger
