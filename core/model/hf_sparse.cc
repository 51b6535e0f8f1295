#include "core/model/hf_sparse.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

using Bias = SparseFamily::Bias;
using HeadNorm = SparseFamily::HeadNorm;

// The converter writes this for HunYuan, whose config names a length that its
// scaling goes far beyond.
constexpr int64_t kHunYuanContextTokens = int64_t{256} << 10;

// A decoder in the making.
struct Decoder {
  const SparseFamily& family;
  const SparseSizes sizes;
  // Of every block: whether it looks back a window only, with heads of its own.
  std::vector<int64_t> windowed;
  int64_t window_key_value_heads = 0;
  bool normalizes_heads = false;

  bool is(std::string_view type) const { return family.model_type == type; }
  bool IsWindowed(int64_t block) const {
    return block < std::ssize(windowed) &&
           windowed[static_cast<size_t>(block)] != 0;
  }
  int64_t KeyValueHeads(int64_t block) const {
    return IsWindowed(block) ? window_key_value_heads : sizes.key_value_heads;
  }
};

Decoder DecoderOf(const SparseFamily& family, HfConfig& config) {
  Decoder decoder = {.family = family, .sizes = SparseSizesOf(family, config)};
  decoder.normalizes_heads = family.head_norm == HeadNorm::kIfAsked
                                 ? config.FlagOr("use_qk_norm", false)
                                 : family.head_norm != HeadNorm::kNone;
  if (decoder.is("mimo_v2_flash")) {
    decoder.windowed =
        config.Counts("hybrid_layer_pattern", decoder.sizes.block_count);
    decoder.window_key_value_heads = config.Count("swa_num_key_value_heads");
  }
  return decoder;
}

void SetDbrxKeys(const SparseSizes& sizes, HfConfig& config,
                 HeaderDraft& draft) {
  draft.Set("context_length", config.Count("max_seq_len"));
  draft.Set("embedding_length", sizes.embedding);
  draft.Set("vocab_size", sizes.vocabulary);
  draft.Set("attention.head_count", sizes.heads);
  draft.Set("attention.head_count_kv", sizes.key_value_heads);
  draft.Set("attention.layer_norm_epsilon", 1e-5);
  HfConfig attention = config.Part("attn_config");
  draft.Set("attention.clamp_kqv", attention.RealOr("clip_qkv", 0));
  draft.Set("rope.freq_base", attention.RealOr("rope_theta", 10000));
}

void SetWindowKeys(const Decoder& decoder, HfConfig& config,
                   HeaderDraft& draft) {
  const int64_t block_count = decoder.sizes.block_count;
  GgufArray heads{.length = block_count};
  for (int64_t block = 0; block < block_count; ++block) {
    heads.integers.push_back(decoder.KeyValueHeads(block));
  }
  draft.Set("attention.head_count_kv", std::move(heads));
  draft.Set("attention.sliding_window", config.Count("sliding_window"));
  draft.Set("attention.sliding_window_pattern",
            GgufArray{.length = block_count, .integers = decoder.windowed});
  draft.Set("attention.layer_norm_rms_epsilon",
            config.RealOr("layernorm_epsilon", 1e-5));
}

void SetScales(const Decoder& decoder, HfConfig& config, HeaderDraft& draft) {
  constexpr std::pair<std::string_view, std::string_view> scales[] = {
      {"attention_multiplier", "attention.scale"},
      {"attn_output_multiplier", "attention.output_scale"},
      {"embedding_multiplier", "embedding_scale"},
      {"embedding_multiplier_scale", "embedding_scale"},
      {"logits_scaling", "logit_scale"},
      {"output_multiplier_scale", "logit_scale"},
      {"residual_multiplier", "residual_scale"},
  };
  for (const auto& [key, scale] : scales) {
    if (config.Has(key)) draft.Set(scale, config.RealOr(key, 1));
  }
  // libllama asks for it.
  if (decoder.is("granitemoe")) {
    draft.Set("logit_scale", config.RealOr("logits_scaling", 1));
  }
}

void SetExpertKeys(const Decoder& decoder, HfConfig& config,
                   HeaderDraft& draft) {
  const SparseSizes& sizes = decoder.sizes;
  draft.Set("expert_count", sizes.expert_count);
  draft.Set("expert_used_count", sizes.experts_used);
  draft.Set("expert_feed_forward_length", sizes.expert_inner);
  draft.Set("expert_shared_count", sizes.shared_count);
  if (sizes.shared_inner > 0) {
    draft.Set("expert_shared_feed_forward_length", sizes.shared_inner);
  }
  draft.Set("leading_dense_block_count", sizes.dense_block_count);
  draft.Set("interleave_moe_layer_step", sizes.sparse_period);
  draft.Set("expert_gating_func",
            decoder.family.is_sigmoid_routed ? kSigmoidGating : kSoftmaxGating);
  draft.Set("expert_weights_scale", config.RealOr("routed_scaling_factor", 1));
  draft.Set("expert_weights_norm", config.FlagOr("norm_topk_prob", false));
  if (sizes.nextn_block_count > 0) {
    draft.Set("nextn_predict_layers", sizes.nextn_block_count);
  }
}

void SetKeys(const Decoder& decoder, HfConfig& config, HeaderDraft& draft) {
  const SparseSizes& sizes = decoder.sizes;
  if (decoder.is("dbrx")) {
    SetDbrxKeys(sizes, config, draft);
  } else {
    SetAttentionKeys(config, draft);
  }
  draft.Set("block_count", sizes.block_count + sizes.nextn_block_count);
  draft.Set("feed_forward_length", sizes.inner);
  draft.Set("attention.key_length", sizes.head);
  draft.Set("attention.value_length", sizes.value_head);
  const double rotated =
      config.RealOr("partial_rotary_factor", decoder.family.rotated_share);
  draft.Set("rope.dimension_count",
            config.CountOr("rotary_dim",
                           static_cast<int64_t>(
                               static_cast<double>(sizes.head) * rotated)));
  if (decoder.is("hunyuan_v1_moe")) {
    draft.Set("context_length", kHunYuanContextTokens);
  }
  if (!decoder.windowed.empty()) SetWindowKeys(decoder, config, draft);
  SetExpertKeys(decoder, config, draft);
  SetScales(decoder, config, draft);
}

void AddNorms(const Decoder& decoder, int64_t block, HeaderDraft& draft) {
  for (const std::string_view norm : decoder.family.norms) {
    if (norm.empty()) continue;
    draft.Add(BlockTensor(block, absl::StrCat(norm, ".weight")),
              {decoder.sizes.embedding});
    if (decoder.family.biases_norms) {
      draft.Add(BlockTensor(block, absl::StrCat(norm, ".bias")),
                {decoder.sizes.embedding});
    }
  }
}

void AddAttention(const Decoder& decoder, int64_t block, HeaderDraft& draft) {
  const SparseSizes& sizes = decoder.sizes;
  const auto add = [&](std::string_view name, int64_t in, int64_t out,
                       bool bias) {
    draft.Add(BlockTensor(block, absl::StrCat(name, ".weight")), {in, out});
    if (bias) {
      draft.Add(BlockTensor(block, absl::StrCat(name, ".bias")), {out});
    }
  };
  const Bias bias = decoder.family.attention_bias;
  const int64_t query = sizes.heads * sizes.head;
  const int64_t key = decoder.KeyValueHeads(block) * sizes.head;
  const int64_t value = decoder.KeyValueHeads(block) * sizes.value_head;
  if (decoder.family.fuses_inputs) {
    add("attn_qkv", sizes.embedding, query + key + value, bias != Bias::kNone);
  } else {
    add("attn_q", sizes.embedding, query, bias != Bias::kNone);
    add("attn_k", sizes.embedding, key, bias != Bias::kNone);
    add("attn_v", sizes.embedding, value, bias != Bias::kNone);
  }
  add("attn_output", sizes.heads * sizes.value_head, sizes.embedding,
      bias == Bias::kAll);
  if (decoder.normalizes_heads) {
    const bool each = decoder.family.head_norm != HeadNorm::kAllHeads;
    draft.Add(BlockTensor(block, "attn_q_norm.weight"),
              {each ? sizes.head : query});
    draft.Add(BlockTensor(block, "attn_k_norm.weight"),
              {each ? sizes.head : key});
  }
  if (decoder.IsWindowed(block)) {
    draft.Add(BlockTensor(block, "attn_sinks.weight"), {sizes.heads});
  }
}

void AddSharedExpert(const Decoder& decoder, int64_t block,
                     HeaderDraft& draft) {
  const SparseSizes& sizes = decoder.sizes;
  if (sizes.shared_inner == 0) return;
  AddFeedForward(block, "_shexp", sizes.embedding, sizes.shared_inner, draft);
  if (decoder.family.gates_shared) {
    draft.Add(BlockTensor(block, "ffn_gate_inp_shexp.weight"),
              {sizes.embedding});
  }
}

void AddFeedForwardOf(const Decoder& decoder, int64_t block,
                      HeaderDraft& draft) {
  const SparseSizes& sizes = decoder.sizes;
  if (!sizes.IsSparse(block)) {
    AddFeedForward(block, "", sizes.embedding, sizes.inner, draft);
    return;
  }
  AddExperts(block, sizes.embedding, sizes.expert_inner, sizes.expert_count,
             draft.weights(), draft);
  if (decoder.family.corrects_routing) {
    draft.Add(BlockTensor(block, "exp_probs_b.bias"), {sizes.expert_count});
  }
  AddSharedExpert(decoder, block, draft);
}

// Not parameters: corrections of the rotary embedding for long contexts.
void AddRopeFactors(const Decoder& decoder, HfConfig& config,
                    HeaderDraft& draft) {
  const int64_t factors = decoder.sizes.head / 2;
  HfConfig scaling = config.Part("rope_scaling");
  if (scaling.TextOr("rope_type", "") == "llama3") {
    draft.Add("rope_freqs.weight", {factors});
  }
  if (scaling.Has("long_factor")) {
    draft.Add("rope_factors_long.weight", {factors});
    draft.Add("rope_factors_short.weight", {factors});
  }
}

}  // namespace

void AddSparseDecoder(const SparseFamily& family, HfConfig& config,
                      HeaderDraft& draft) {
  const Decoder decoder = DecoderOf(family, config);
  const SparseSizes& sizes = decoder.sizes;
  SetKeys(decoder, config, draft);
  AddEnds({.embedding_elements = sizes.embedding,
           .vocabulary_size = sizes.vocabulary,
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  if (family.biases_norms) {
    draft.Add("output_norm.bias", {sizes.embedding});
    draft.Add("output.bias", {sizes.vocabulary});
  }
  AddRopeFactors(decoder, config, draft);
  const int64_t last = sizes.block_count + sizes.nextn_block_count;
  for (int64_t block = 0; block < last; ++block) {
    AddNorms(decoder, block, draft);
    AddAttention(decoder, block, draft);
    AddFeedForwardOf(decoder, block, draft);
    if (block >= sizes.block_count) {
      AddNextTokenPrediction({.block = block,
                              .embedding_elements = sizes.embedding,
                              .vocabulary_size = sizes.vocabulary},
                             draft);
    }
  }
}

}  // namespace hwledger
