#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

constexpr std::string_view kWindowed = "sliding_attention";
// The converter keeps the rows of the tokenizer only, without those that stand
// for images and sounds.
constexpr int64_t kTokens = 262144;

// A block of Gemma 3n or 4; what differs from block to block is filled in.
struct Gemma {
  int64_t block_count = 0;
  int64_t embedding = 0;
  int64_t vocabulary = 0;
  int64_t query_heads = 0;
  int64_t key_heads = 0;
  int64_t head = 0;
  int64_t inner = 0;
  int64_t per_layer = 0;     // Elements of an embedding of each block's own.
  int64_t shared_count = 0;  // Blocks at the end that use others' caches.
  std::vector<bool> windowed;

  bool HasCache(int64_t block) const {
    return block < block_count - shared_count;
  }
};

Gemma GemmaOf(int64_t pattern, HfConfig& config) {
  Gemma gemma = {
      .block_count = config.Count("num_hidden_layers"),
      .embedding = config.Count("hidden_size"),
      .vocabulary = std::min(config.Count("vocab_size"), kTokens),
      .query_heads = config.Count("num_attention_heads"),
      .key_heads = config.Count("num_key_value_heads"),
      .head = config.Count("head_dim"),
      .inner = config.Count("intermediate_size"),
      .per_layer = config.CountOrNone("hidden_size_per_layer_input"),
      .shared_count = config.CountOrNone("num_kv_shared_layers"),
  };
  if (config.Has("layer_types")) {
    for (const std::string& type :
         config.Texts("layer_types", gemma.block_count)) {
      gemma.windowed.push_back(type == kWindowed);
    }
  } else {
    for (int64_t block = 1; block <= gemma.block_count; ++block) {
      gemma.windowed.push_back(block % pattern != 0);
    }
  }
  return gemma;
}

void SetKeys(const Gemma& gemma, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("vocab_size", gemma.vocabulary);
  draft.Set("rope.dimension_count", gemma.head);
  draft.Set("attention.sliding_window", config.Count("sliding_window"));
  draft.Set("attention.shared_kv_layers", gemma.shared_count);
  draft.Set("embedding_length_per_layer_input", gemma.per_layer);
  GgufArray windows;
  for (const bool windowed : gemma.windowed) {
    ++windows.length;
    windows.integers.push_back(windowed ? 1 : 0);
  }
  draft.Set("attention.sliding_window_pattern", std::move(windows));
}

void AddPerLayerEnds(const Gemma& gemma, HeaderDraft& draft) {
  AddEnds({.embedding_elements = gemma.embedding,
           .vocabulary_size = gemma.vocabulary,
           .tied = true},
          draft);
  if (gemma.per_layer == 0) return;
  const int64_t all = gemma.per_layer * gemma.block_count;
  draft.Add("per_layer_token_embd.weight", {all, gemma.vocabulary});
  draft.Add("per_layer_model_proj.weight", {gemma.embedding, all});
  draft.Add("per_layer_proj_norm.weight", {gemma.per_layer});
}

void AddPerLayerInput(const Gemma& gemma, int64_t block, HeaderDraft& draft) {
  if (gemma.per_layer == 0) return;
  draft.Add(BlockTensor(block, "inp_gate.weight"),
            {gemma.embedding, gemma.per_layer});
  draft.Add(BlockTensor(block, "proj.weight"),
            {gemma.per_layer, gemma.embedding});
  draft.Add(BlockTensor(block, "post_norm.weight"), {gemma.embedding});
}

void AddNorms(const Gemma& gemma, int64_t block, HeaderDraft& draft) {
  for (const std::string_view name :
       {"attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"}) {
    draft.Add(BlockTensor(block, absl::StrCat(name, ".weight")),
              {gemma.embedding});
  }
}

struct GemmaHeads {
  int64_t key_heads = 0;
  int64_t head = 0;
  bool has_keys = true;
  bool has_values = true;
};

void AddAttention(const Gemma& gemma, const GemmaHeads& heads, int64_t block,
                  HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t query = gemma.query_heads * heads.head;
  const int64_t key_value = heads.key_heads * heads.head;
  add("attn_q.weight", {gemma.embedding, query});
  if (heads.has_keys) add("attn_k.weight", {gemma.embedding, key_value});
  if (heads.has_values) add("attn_v.weight", {gemma.embedding, key_value});
  add("attn_output.weight", {query, gemma.embedding});
  add("attn_q_norm.weight", {heads.head});
  if (heads.has_keys) add("attn_k_norm.weight", {heads.head});
}

struct Altup {
  int64_t inputs = 0;
  int64_t laurel_rank = 0;
};

// Alternating updates (arXiv:2301.13310): the residual stream has several
// copies, of which a block predicts all and computes one. And a learned
// residual of low rank beside attention (LAuReL, arXiv:2411.07501).
void AddAltup(const Gemma& gemma, const Altup& altup, int64_t block,
              HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  add("altup_correct_coef.weight", {altup.inputs, altup.inputs});
  add("altup_correct_scale.weight", {gemma.embedding});
  add("altup_predict_coef.weight", {altup.inputs, altup.inputs * altup.inputs});
  add("altup_router.weight", {gemma.embedding, altup.inputs});
  add("altup_router_norm.weight", {gemma.embedding});
  add("laurel_l.weight", {gemma.embedding, altup.laurel_rank});
  add("laurel_r.weight", {altup.laurel_rank, gemma.embedding});
  add("laurel_post_norm.weight", {gemma.embedding});
}

void AddGemma4Experts(const Gemma& gemma, HfConfig& config, int64_t block,
                      HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t experts = config.Count("num_experts");
  const int64_t inner = config.Count("moe_intermediate_size");
  add("ffn_gate_inp.weight", {gemma.embedding, experts});
  add("ffn_gate_inp.scale", {gemma.embedding});
  add("ffn_gate_up_exps.weight", {gemma.embedding, 2 * inner, experts});
  add("ffn_down_exps.weight", {inner, gemma.embedding, experts});
  add("ffn_down_exps.scale", {experts});
  add("pre_ffw_norm_2.weight", {gemma.embedding});
  add("post_ffw_norm_1.weight", {gemma.embedding});
  add("post_ffw_norm_2.weight", {gemma.embedding});
}

void SetGemma4Keys(const Gemma& gemma, HfConfig& config, HeaderDraft& draft) {
  const int64_t global_head = config.CountOr("global_head_dim", gemma.head);
  draft.Set("attention.key_length", global_head);
  draft.Set("attention.value_length", global_head);
  draft.Set("attention.key_length_swa", gemma.head);
  draft.Set("attention.value_length_swa", gemma.head);
  draft.Set("rope.dimension_count", global_head);
  draft.Set("rope.dimension_count_swa", gemma.head);
  draft.Add("rope_freqs.weight", {global_head / 2});
  if (config.FlagOr("enable_moe_block", false)) {
    draft.Set("expert_count", config.Count("num_experts"));
    draft.Set("expert_used_count", config.Count("top_k_experts"));
    draft.Set("expert_feed_forward_length",
              config.Count("moe_intermediate_size"));
  }
}

}  // namespace

void AddGemma3n(HfConfig& config, HeaderDraft& draft) {
  const Gemma gemma = GemmaOf(/*pattern=*/5, config);
  const Altup altup = {.inputs = config.Count("altup_num_inputs"),
                       .laurel_rank = config.Count("laurel_rank")};
  SetKeys(gemma, config, draft);
  draft.Set("altup.active_idx", config.CountOrNone("altup_active_idx"));
  draft.Set("altup.num_inputs", altup.inputs);
  AddPerLayerEnds(gemma, draft);
  for (const std::string_view name :
       {"altup_proj.weight", "altup_unembd_proj.weight"}) {
    draft.Add(std::string(name),
              {gemma.embedding, gemma.embedding, altup.inputs - 1});
  }
  for (int64_t block = 0; block < gemma.block_count; ++block) {
    AddNorms(gemma, block, draft);
    AddAttention(gemma, {.key_heads = gemma.key_heads, .head = gemma.head},
                 block, draft);
    AddFeedForward(block, "", gemma.embedding, gemma.inner, draft);
    AddPerLayerInput(gemma, block, draft);
    AddAltup(gemma, altup, block, draft);
  }
}

void AddGemma4(HfConfig& config, HeaderDraft& draft) {
  const Gemma gemma = GemmaOf(/*pattern=*/6, config);
  SetKeys(gemma, config, draft);
  AddPerLayerEnds(gemma, draft);
  SetGemma4Keys(gemma, config, draft);
  const bool keys_are_values = config.FlagOr("attention_k_eq_v", false);
  const bool doubled = config.FlagOr("use_double_wide_mlp", false);
  const GemmaHeads windowed = {.key_heads = gemma.key_heads,
                               .head = gemma.head};
  const GemmaHeads global = {
      .key_heads =
          config.CountOr("num_global_key_value_heads", gemma.key_heads),
      .head = config.CountOr("global_head_dim", gemma.head),
      .has_values = !keys_are_values};
  GgufArray key_heads;
  GgufArray inner;
  for (int64_t block = 0; block < gemma.block_count; ++block) {
    const bool has_cache = gemma.HasCache(block);
    GemmaHeads heads =
        gemma.windowed[static_cast<size_t>(block)] ? windowed : global;
    key_heads.integers.push_back(heads.key_heads);
    inner.integers.push_back(doubled && !has_cache ? 2 * gemma.inner
                                                   : gemma.inner);
    AddNorms(gemma, block, draft);
    AddAttention(gemma, heads, block, draft);
    draft.Add(BlockTensor(block, "layer_output_scale.weight"), {1});
    AddFeedForward(block, "", gemma.embedding, inner.integers.back(), draft);
    if (config.FlagOr("enable_moe_block", false)) {
      AddGemma4Experts(gemma, config, block, draft);
    }
    AddPerLayerInput(gemma, block, draft);
  }
  key_heads.length = inner.length = gemma.block_count;
  draft.Set("attention.head_count_kv", std::move(key_heads));
  draft.Set("feed_forward_length", std::move(inner));
}

}  // namespace hwledger
