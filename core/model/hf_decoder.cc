#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

// The converter keeps the rows of Gemma 3's tokenizer only.
constexpr int64_t kGemma3Tokens = 262144;
// LLAMA_FTYPE_MOSTLY_MXFP4_MOE
constexpr int64_t kMxfp4FileType = 38;

struct Decoder {
  std::string_view model_type;
  int64_t block_count = 0;
  int64_t embedding = 0;
  int64_t query = 0;      // Elements of all heads' queries.
  int64_t key_value = 0;  // Of all heads' keys, and of their values.
  int64_t head = 0;
  int64_t inner = 0;
  int64_t expert_count = 0;
  int64_t expert_inner = 0;

  bool is(std::string_view type) const { return model_type == type; }
};

Decoder DecoderOf(std::string_view model_type, HfConfig& config) {
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t embedding = config.Count("hidden_size");
  const int64_t head =
      config.CountOr("head_dim", std::max<int64_t>(embedding / heads, 1));
  const int64_t inner = config.Count("intermediate_size");
  Decoder decoder = {
      .model_type = model_type,
      .block_count = config.Count("num_hidden_layers"),
      .embedding = embedding,
      .query = heads * head,
      .key_value = config.CountOr("num_key_value_heads", heads) * head,
      .head = head,
      .inner = inner,
  };
  if (decoder.is("mixtral") || decoder.is("gpt_oss") ||
      decoder.is("qwen3_moe")) {
    decoder.expert_count =
        config.CountOfAny({"num_local_experts", "num_experts"});
    decoder.expert_inner = config.CountOr("moe_intermediate_size", inner);
  }
  return decoder;
}

void SetKeys(const Decoder& decoder, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("rope.dimension_count", decoder.head);
  if (decoder.is("gpt_oss")) {
    draft.SetGeneral("general.file_type", kMxfp4FileType);
  }
  if (decoder.expert_count > 0) {
    draft.Set("expert_count", decoder.expert_count);
    draft.Set("expert_feed_forward_length", decoder.expert_inner);
  }
  if (decoder.is("gemma3_text") || decoder.is("gpt_oss")) {
    draft.Set("attention.sliding_window", config.Count("sliding_window"));
  }
  if (decoder.is("phi3")) {
    draft.Set("attention.sliding_window", config.CountOrNone("sliding_window"));
    draft.Set("rope.scaling.original_context_length",
              config.CountOr("original_max_position_embeddings",
                             config.Count("max_position_embeddings")));
  }
}

void AddAttention(const Decoder& decoder, int64_t block, bool biased,
                  HeaderDraft& draft) {
  const auto add = [&](std::string_view name, int64_t in, int64_t out,
                       bool bias) {
    draft.Add(BlockTensor(block, absl::StrCat(name, ".weight")), {in, out});
    if (bias) {
      draft.Add(BlockTensor(block, absl::StrCat(name, ".bias")), {out});
    }
  };
  const bool input_bias = biased || decoder.is("qwen2");
  if (decoder.is("phi3")) {
    add("attn_qkv", decoder.embedding, decoder.query + 2 * decoder.key_value,
        input_bias);
  } else {
    add("attn_q", decoder.embedding, decoder.query, input_bias);
    add("attn_k", decoder.embedding, decoder.key_value, input_bias);
    add("attn_v", decoder.embedding, decoder.key_value, input_bias);
  }
  add("attn_output", decoder.query, decoder.embedding, biased);
  if (decoder.is("qwen3") || decoder.is("qwen3_moe") ||
      decoder.is("gemma3_text")) {
    draft.Add(BlockTensor(block, "attn_q_norm.weight"), {decoder.head});
    draft.Add(BlockTensor(block, "attn_k_norm.weight"), {decoder.head});
  }
  if (decoder.is("gpt_oss")) {
    draft.Add(BlockTensor(block, "attn_sinks.weight"),
              {decoder.query / decoder.head});
  }
}

void AddNorms(const Decoder& decoder, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name) {
    draft.Add(BlockTensor(block, name), {decoder.embedding});
  };
  add("attn_norm.weight");
  if (decoder.is("gpt_oss") || decoder.is("gemma3_text")) {
    add("post_attention_norm.weight");
  }
  if (!decoder.is("gpt_oss")) add("ffn_norm.weight");
  if (decoder.is("gemma3_text")) add("post_ffw_norm.weight");
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

void AddFeedForwardOf(const Decoder& decoder, int64_t block,
                      HeaderDraft& draft) {
  if (decoder.expert_count > 0) {
    // gpt-oss is published with its experts, and only them, in MXFP4.
    const TensorType* type =
        decoder.is("gpt_oss") ? FindTensorType("MXFP4") : draft.weights();
    AddExperts(block, decoder.embedding, decoder.expert_inner,
               decoder.expert_count, type, draft);
    if (decoder.is("gpt_oss")) AddExpertBiases(decoder, block, draft);
  } else if (decoder.is("phi3")) {
    draft.Add(BlockTensor(block, "ffn_up.weight"),
              {decoder.embedding, 2 * decoder.inner});
    draft.Add(BlockTensor(block, "ffn_down.weight"),
              {decoder.inner, decoder.embedding});
  } else {
    AddFeedForward(block, "", decoder.embedding, decoder.inner, draft);
  }
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

}  // namespace

void AddDecoder(std::string_view model_type, HfConfig& config,
                HeaderDraft& draft) {
  const Decoder decoder = DecoderOf(model_type, config);
  SetKeys(decoder, config, draft);
  const bool gemma = decoder.is("gemma3_text");
  int64_t vocabulary = config.Count("vocab_size");
  if (gemma) vocabulary = std::min(vocabulary, kGemma3Tokens);
  draft.Set("vocab_size", vocabulary);
  AddEnds({.embedding_elements = decoder.embedding,
           .vocabulary_size = vocabulary,
           .tied = gemma || config.FlagOr("tie_word_embeddings", false)},
          draft);
  AddRopeFactors(decoder, config, draft);
  const bool biased = config.FlagOr("attention_bias", false);
  for (int64_t block = 0; block < decoder.block_count; ++block) {
    AddNorms(decoder, block, draft);
    AddAttention(decoder, block, biased, draft);
    AddFeedForwardOf(decoder, block, draft);
  }
}

}  // namespace hwledger
