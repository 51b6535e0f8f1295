#include "core/model/decoder_style.h"

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

using Norms = std::array<std::string_view, 4>;

// One for attention and the feed-forward part, which then run side by side.
constexpr Norms kOneNorm = {"attn_norm"};
constexpr Norms kNormsAfter = {"post_attention_norm", "post_ffw_norm"};
// The converter names the second as the config's authors do.
constexpr Norms kNormAfterAttention = {"attn_norm", "post_attention_norm"};
constexpr Norms kNormsAround = {"attn_norm", "post_attention_norm", "ffn_norm",
                                "post_ffw_norm"};

constexpr DecoderStyle kStyles[] = {
    {.model_type = "arcee", .gate = Gate::kNone},
    {.model_type = "bloom",
     .layer_norm_key = "layer_norm_epsilon",
     .norms_biased = true,
     .fused_attention = true,
     .gate = Gate::kNone,
     .biased = Biased::kEverything,
     .bias_key = "",
     .biased_if_missing = true,
     .sizes_implied = true,
     .tied_if_missing = true},
    {.model_type = "cohere",
     .norms = kOneNorm,
     .layer_norm_key = "layer_norm_eps",
     .query_key_norm = QueryKeyNorm::kEachHead,
     .tied_if_missing = true},
    {.model_type = "cohere2",
     .norms = kOneNorm,
     .layer_norm_key = "layer_norm_eps",
     .tied_if_missing = true},
    {.model_type = "exaone4",
     .norms = kNormsAfter,
     .query_key_norm = QueryKeyNorm::kHead},
    {.model_type = "falcon",
     .norms = kOneNorm,
     .layer_norm_key = "layer_norm_epsilon",
     .norms_biased = true,
     .fused_attention = true,
     .gate = Gate::kNone,
     .biased = Biased::kEverything,
     .bias_key = "bias",
     .sizes_implied = true,
     .tied_if_missing = true},
    {.model_type = "gemma", .tied_if_missing = true},
    {.model_type = "gemma2", .norms = kNormsAround, .tied_if_missing = true},
    {.model_type = "gemma3_text",
     .norms = kNormsAround,
     .query_key_norm = QueryKeyNorm::kHead,
     .tied_if_missing = true},
    {.model_type = "glm", .gate = Gate::kInUp, .biased = Biased::kInput},
    {.model_type = "glm4",
     .norms = kNormsAround,
     .gate = Gate::kInUp,
     .biased = Biased::kInput},
    {.model_type = "gpt2",
     .layer_norm_key = "layer_norm_epsilon",
     .norms_biased = true,
     .fused_attention = true,
     .gate = Gate::kNone,
     .biased = Biased::kEverything,
     .bias_key = "",
     .biased_if_missing = true,
     .sizes_implied = true,
     .tied_if_missing = true},
    {.model_type = "gpt_neox",
     .layer_norm_key = "layer_norm_eps",
     .norms_biased = true,
     .fused_attention = true,
     .gate = Gate::kNone,
     .biased = Biased::kEverything,
     .biased_if_missing = true},
    {.model_type = "gpt_oss", .norms = kNormAfterAttention},
    {.model_type = "hunyuan_v1_dense", .query_key_norm = QueryKeyNorm::kHead},
    {.model_type = "mpt",
     .layer_norm_key = "layer_norm_epsilon",
     .fused_attention = true,
     .gate = Gate::kNone,
     .sizes_implied = true,
     .tied_if_missing = true},
    {.model_type = "nemotron",
     .layer_norm_key = "norm_eps",
     .norms_biased = true,
     .gate = Gate::kNone},
    {.model_type = "olmo2",
     .norms = kNormsAfter,
     .query_key_norm = QueryKeyNorm::kWhole},
    {.model_type = "olmo3",
     .norms = kNormsAfter,
     .query_key_norm = QueryKeyNorm::kWhole},
    {.model_type = "phi",
     .norms = kOneNorm,
     .layer_norm_key = "layer_norm_eps",
     .norms_biased = true,
     .gate = Gate::kNone,
     .biased = Biased::kEverything,
     .bias_key = "",
     .biased_if_missing = true},
    {.model_type = "phi3", .fused_attention = true, .gate = Gate::kInUp},
    {.model_type = "qwen2",
     .biased = Biased::kInput,
     .bias_key = "",
     .biased_if_missing = true},
    {.model_type = "qwen3", .query_key_norm = QueryKeyNorm::kHead},
    {.model_type = "qwen3_moe", .query_key_norm = QueryKeyNorm::kHead},
    {.model_type = "seed_oss",
     .norms = kNormAfterAttention,
     .biased = Biased::kInput,
     .biased_if_missing = true},
    {.model_type = "stablelm",
     .layer_norm_key = "layer_norm_eps",
     .norms_biased = true,
     .query_key_norm = QueryKeyNorm::kEachHead,
     .biased = Biased::kInput,
     .bias_key = "use_qkv_bias"},
    {.model_type = "starcoder2",
     .layer_norm_key = "norm_epsilon",
     .norms_biased = true,
     .gate = Gate::kNone,
     .biased = Biased::kEverything,
     .bias_key = "use_bias",
     .biased_if_missing = true,
     .tied_if_missing = true},
};

constexpr DecoderStyle kLlama = {.model_type = "llama"};

}  // namespace

const DecoderStyle& StyleOf(std::string_view model_type) {
  const auto* const style =
      absl::c_find_if(kStyles, [model_type](const DecoderStyle& candidate) {
        return candidate.model_type == model_type;
      });
  return style == std::end(kStyles) ? kLlama : *style;
}

}  // namespace hwledger
