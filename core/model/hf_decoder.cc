#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/model/decoder_style.h"
#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

// The converter keeps the rows of Gemma 3's tokenizer only.
constexpr int64_t kGemma3Tokens = 262144;
constexpr int64_t kContextTokensImplied = 2048;
// LLAMA_FTYPE_MOSTLY_MXFP4_MOE
constexpr int64_t kMxfp4FileType = 38;

struct Decoder {
  const DecoderStyle& style;
  std::string_view model_type;
  int64_t block_count = 0;
  int64_t embedding = 0;
  int64_t query_heads = 0;
  int64_t key_heads = 0;
  int64_t head = 0;
  int64_t inner = 0;
  int64_t expert_count = 0;
  int64_t expert_inner = 0;
  std::array<std::string_view, 4> norms;
  bool biased = false;  // As far as the style's biases reach.
  bool query_key_norm = false;

  bool is(std::string_view type) const { return model_type == type; }
  // Elements of all heads' queries, and of all heads' keys or values.
  int64_t query() const { return query_heads * head; }
  int64_t key_value() const { return key_heads * head; }
  bool HasBias(Biased part) const { return biased && part <= style.biased; }
};

// Falcon says in its own way how many heads share keys and values.
int64_t KeyHeadsOf(std::string_view model_type, HfConfig& config) {
  const int64_t heads = config.Count("num_attention_heads");
  if (model_type == "falcon") {
    if (config.FlagOr("new_decoder_architecture", false)) {
      return config.CountOr("num_kv_heads", heads);
    }
    return config.FlagOr("multi_query", true) ? 1 : heads;
  }
  return config.CountOr("num_key_value_heads", heads);
}

void SetNorms(HfConfig& config, Decoder& decoder) {
  decoder.norms = decoder.style.norms;
  if (decoder.is("falcon") &&
      config.FlagOr("new_decoder_architecture", false)) {
    decoder.norms[1] = "attn_norm_2";
  }
  if (decoder.is("stablelm") && config.FlagOr("use_parallel_residual", false)) {
    decoder.norms[1] = "";
  }
  decoder.query_key_norm =
      decoder.style.query_key_norm != QueryKeyNorm::kNone &&
      (decoder.style.query_key_norm != QueryKeyNorm::kEachHead ||
       config.FlagOr("use_qk_norm", config.FlagOr("qk_layernorm", false)));
}

Decoder DecoderOf(std::string_view model_type, HfConfig& config) {
  const DecoderStyle& style = StyleOf(model_type);
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t embedding = config.Count("hidden_size");
  const int64_t inner = config.Count("intermediate_size");
  Decoder decoder = {
      .style = style,
      .model_type = model_type,
      .block_count = config.Count("num_hidden_layers"),
      .embedding = embedding,
      .query_heads = heads,
      .key_heads = KeyHeadsOf(model_type, config),
      .head =
          config.CountOr("head_dim", std::max<int64_t>(embedding / heads, 1)),
      .inner = inner,
      .biased = config.FlagOr(style.bias_key, style.biased_if_missing),
  };
  SetNorms(config, decoder);
  if (decoder.is("mixtral") || decoder.is("gpt_oss") ||
      decoder.is("qwen3_moe")) {
    decoder.expert_count =
        config.CountOfAny({"num_local_experts", "num_experts"});
    decoder.expert_inner = config.CountOr("moe_intermediate_size", inner);
  }
  return decoder;
}

void SetWindow(const Decoder& decoder, HfConfig& config, HeaderDraft& draft) {
  const bool always = decoder.is("gemma2") || decoder.is("gemma3_text") ||
                      decoder.is("gpt_oss") || decoder.is("cohere2");
  const bool if_named =
      decoder.is("phi3") || decoder.is("exaone4") || decoder.is("olmo3");
  if (always || (if_named && config.Has("sliding_window"))) {
    draft.Set("attention.sliding_window", config.Count("sliding_window"));
  }
}

void SetKeys(const Decoder& decoder, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("attention.head_count_kv", decoder.key_heads);
  if (!decoder.style.layer_norm_key.empty()) {
    draft.Set("attention.layer_norm_epsilon",
              config.RealOr(decoder.style.layer_norm_key, 1e-5));
  }
  const double rotated =
      config.RealOr("partial_rotary_factor", config.RealOr("rotary_pct", 1));
  draft.Set("rope.dimension_count",
            static_cast<int64_t>(rotated * static_cast<double>(decoder.head)));
  if (decoder.is("gpt_oss")) {
    draft.SetGeneral("general.file_type", kMxfp4FileType);
  }
  if (decoder.expert_count > 0) {
    draft.Set("expert_count", decoder.expert_count);
    draft.Set("expert_feed_forward_length", decoder.expert_inner);
  }
  if (decoder.is("phi3")) {
    draft.Set("rope.scaling.original_context_length",
              config.CountOr("original_max_position_embeddings",
                             config.Count("max_position_embeddings")));
  }
  if (decoder.is("gpt_neox")) {
    draft.Set("use_parallel_residual",
              config.FlagOr("use_parallel_residual", true));
  }
  SetWindow(decoder, config, draft);
  SetScales(decoder.model_type, config, draft);
}

void AddProjection(int64_t block, std::string_view name, int64_t in,
                   int64_t out, bool biased, HeaderDraft& draft) {
  draft.Add(BlockTensor(block, absl::StrCat(name, ".weight")), {in, out});
  if (biased) draft.Add(BlockTensor(block, absl::StrCat(name, ".bias")), {out});
}

void AddQueryKeyNorm(const Decoder& decoder, std::string_view name,
                     int64_t block, int64_t heads, HeaderDraft& draft) {
  std::vector<int64_t> dimensions = {decoder.head};
  if (decoder.style.query_key_norm == QueryKeyNorm::kEachHead) {
    dimensions.push_back(heads);
  } else if (decoder.style.query_key_norm == QueryKeyNorm::kWhole) {
    dimensions[0] *= heads;
  }
  draft.Add(BlockTensor(block, name), std::move(dimensions));
}

void AddAttention(const Decoder& decoder, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t out) {
    AddProjection(block, name, decoder.embedding, out,
                  decoder.HasBias(Biased::kInput), draft);
  };
  if (decoder.style.fused_attention) {
    add("attn_qkv", decoder.query() + 2 * decoder.key_value());
  } else {
    add("attn_q", decoder.query());
    add("attn_k", decoder.key_value());
    add("attn_v", decoder.key_value());
  }
  AddProjection(block, "attn_output", decoder.query(), decoder.embedding,
                decoder.HasBias(Biased::kAttention), draft);
  if (decoder.query_key_norm) {
    AddQueryKeyNorm(decoder, "attn_q_norm.weight", block, decoder.query_heads,
                    draft);
    AddQueryKeyNorm(decoder, "attn_k_norm.weight", block, decoder.key_heads,
                    draft);
  }
  if (decoder.is("gpt_oss")) {
    draft.Add(BlockTensor(block, "attn_sinks.weight"), {decoder.query_heads});
  }
}

void AddNorm(const Decoder& decoder, const std::string& name,
             HeaderDraft& draft) {
  draft.Add(name + ".weight", {decoder.embedding});
  if (decoder.style.norms_biased) {
    draft.Add(name + ".bias", {decoder.embedding});
  }
}

void AddExpertBiases(const Decoder& decoder, int64_t block,
                     HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t elements) {
    draft.Add(BlockTensor(block, name), {elements, decoder.expert_count});
  };
  draft.Add(BlockTensor(block, "ffn_gate_inp.bias"), {decoder.expert_count});
  add("ffn_gate_exps.bias", decoder.expert_inner);
  add("ffn_up_exps.bias", decoder.expert_inner);
  add("ffn_down_exps.bias", decoder.embedding);
}

void AddSparseFeedForward(const Decoder& decoder, int64_t block,
                          HeaderDraft& draft) {
  // gpt-oss is published with its experts, and only them, in MXFP4.
  const TensorType* type =
      decoder.is("gpt_oss") ? FindTensorType("MXFP4") : draft.weights();
  AddExperts(block, decoder.embedding, decoder.expert_inner,
             decoder.expert_count, type, draft);
  if (decoder.is("gpt_oss")) AddExpertBiases(decoder, block, draft);
}

void AddDenseFeedForward(const Decoder& decoder, int64_t block,
                         HeaderDraft& draft) {
  const bool biased = decoder.HasBias(Biased::kEverything);
  const int64_t up_count = decoder.style.gate == Gate::kInUp ? 2 : 1;
  if (decoder.style.gate == Gate::kApart) {
    AddProjection(block, "ffn_gate", decoder.embedding, decoder.inner, biased,
                  draft);
  }
  AddProjection(block, "ffn_up", decoder.embedding, up_count * decoder.inner,
                biased, draft);
  AddProjection(block, "ffn_down", decoder.inner, decoder.embedding, biased,
                draft);
}

// Not parameters: corrections of the rotary embedding for long contexts.
void AddRopeFactors(const Decoder& decoder, HfConfig& config,
                    HeaderDraft& draft) {
  HfConfig scaling = config.Part("rope_scaling");
  if (scaling.TextOr("rope_type", "") == "llama3") {
    draft.Add("rope_freqs.weight", {decoder.head / 2});
  }
  if (scaling.Has("long_factor")) {
    draft.Add("rope_factors_long.weight", {decoder.head / 2});
    draft.Add("rope_factors_short.weight", {decoder.head / 2});
  }
}

void AddEndsOf(const Decoder& decoder, HfConfig& config, HeaderDraft& draft) {
  int64_t vocabulary = config.Count("vocab_size");
  if (decoder.is("gemma3_text")) {
    vocabulary = std::min(vocabulary, kGemma3Tokens);
  }
  draft.Set("vocab_size", vocabulary);
  AddEnds({.embedding_elements = decoder.embedding,
           .vocabulary_size = vocabulary,
           .tied = config.FlagOr("tie_word_embeddings",
                                 decoder.style.tied_if_missing)},
          draft);
  if (decoder.style.norms_biased) {
    draft.Add("output_norm.bias", {decoder.embedding});
  }
  if (decoder.is("bloom")) AddNorm(decoder, "token_embd_norm", draft);
  if (decoder.is("gpt2")) {
    draft.Add("position_embd.weight",
              {decoder.embedding, config.Count("max_position_embeddings")});
  }
  if (decoder.is("phi")) draft.Add("output.bias", {vocabulary});
  AddRopeFactors(decoder, config, draft);
}

}  // namespace

void AddDecoder(std::string_view model_type, HfConfig& config,
                HeaderDraft& draft) {
  if (StyleOf(model_type).sizes_implied) {
    config.SetDefault("intermediate_size", 4 * config.Count("hidden_size"));
    config.SetDefault("max_position_embeddings", kContextTokensImplied);
  }
  const Decoder decoder = DecoderOf(model_type, config);
  SetKeys(decoder, config, draft);
  AddEndsOf(decoder, config, draft);
  for (int64_t block = 0; block < decoder.block_count; ++block) {
    for (const std::string_view norm : decoder.norms) {
      if (!norm.empty()) AddNorm(decoder, BlockTensor(block, norm), draft);
    }
    AddAttention(decoder, block, draft);
    if (decoder.expert_count > 0) {
      AddSparseFeedForward(decoder, block, draft);
    } else {
      AddDenseFeedForward(decoder, block, draft);
    }
  }
}

}  // namespace hwledger
