#include <algorithm>
#include <string>

#include "core/model/hf_sparse.h"

namespace hwledger {
namespace {

using Bias = SparseFamily::Bias;
using HeadNorm = SparseFamily::HeadNorm;

// After llama.cpp's converter (conversion/) and loader (src/models/).
constexpr SparseFamily kFamilies[] = {
    {.model_type = "bailing_moe"},
    {.model_type = "bailing_moe_v2",
     .head_norm = HeadNorm::kEachHead,
     .fuses_inputs = true,
     .corrects_routing = true,
     .is_sigmoid_routed = true,
     .rotated_share = 0.5},
    {.model_type = "dbrx",
     .norms = {"attn_norm", "attn_output_norm"},
     .fuses_inputs = true},
    {.model_type = "dots1",
     .head_norm = HeadNorm::kEachHead,
     .corrects_routing = true,
     .is_sigmoid_routed = true},
    {.model_type = "ernie4_5_moe", .corrects_routing = true},
    {.model_type = "glm4_moe",
     .norms = {"attn_norm", "post_attention_norm"},
     .attention_bias = Bias::kInputs,
     .head_norm = HeadNorm::kIfAsked,
     .corrects_routing = true,
     .is_sigmoid_routed = true,
     .rotated_share = 0.5},
    {.model_type = "granitemoe"},
    {.model_type = "grok-1",
     .norms = {"attn_norm", "attn_output_norm", "ffn_norm",
               "layer_output_norm"}},
    {.model_type = "hunyuan_v1_moe", .head_norm = HeadNorm::kEachHead},
    {.model_type = "llama4_text", .is_sigmoid_routed = true},
    {.model_type = "mimo_v2_flash",
     .corrects_routing = true,
     .is_sigmoid_routed = true},
    {.model_type = "minimax_m2",
     .head_norm = HeadNorm::kAllHeads,
     .corrects_routing = true,
     .is_sigmoid_routed = true},
    {.model_type = "olmoe", .head_norm = HeadNorm::kAllHeads},
    {.model_type = "phimoe",
     .attention_bias = Bias::kAll,
     .biases_norms = true},
    {.model_type = "qwen2_moe",
     .attention_bias = Bias::kInputs,
     .gates_shared = true},
};

// DBRX keeps its sizes in parts of its config, under names of its own.
SparseSizes DbrxSizesOf(HfConfig& config) {
  HfConfig attention = config.Part("attn_config");
  HfConfig feed_forward = config.Part("ffn_config");
  const int64_t embedding = config.Count("d_model");
  const int64_t heads = config.Count("n_heads");
  const int64_t head = std::max<int64_t>(embedding / heads, 1);
  const int64_t inner = feed_forward.Count("ffn_hidden_size");
  return {
      .block_count = config.Count("n_layers"),
      .embedding = embedding,
      .heads = heads,
      .key_value_heads = attention.Count("kv_n_heads"),
      .head = head,
      .value_head = head,
      .vocabulary = config.Count("vocab_size"),
      .inner = inner,
      .expert_count = feed_forward.Count("moe_num_experts"),
      .experts_used = feed_forward.Count("moe_top_k"),
      .expert_inner = inner,
  };
}

int64_t SharedCount(HfConfig& config) {
  for (const std::string_view key :
       {"n_shared_experts", "num_shared_experts", "moe_num_shared_experts"}) {
    if (config.Has(key)) return config.CountOrNone(key);
  }
  return config.Has("num_shared_expert")
             ? config.CountOfAnyForAll({"num_shared_expert"})
             : 0;
}

int64_t SharedInner(int64_t of_counted, HfConfig& config) {
  for (const std::string_view key :
       {"shared_expert_intermediate_size", "shared_intermediate_size"}) {
    if (config.Has(key)) return config.CountOrNone(key);
  }
  return of_counted;
}

// MiMo says of every block whether it has experts; those without come first.
int64_t LeadingZeros(const std::vector<int64_t>& counts) {
  return std::ranges::find_if(counts, [](int64_t c) { return c != 0; }) -
         counts.begin();
}

int64_t DenseBlockCount(const SparseSizes& sizes, HfConfig& config) {
  if (config.Has("moe_layer_start_index")) {
    return config.CountOrNone("moe_layer_start_index");
  }
  if (config.HasList("moe_layer_freq")) {
    return LeadingZeros(config.Counts("moe_layer_freq", sizes.block_count));
  }
  return config.CountOrNone("first_k_dense_replace");
}

}  // namespace

const SparseFamily* FindSparseFamily(std::string_view model_type) {
  const auto* const found =
      std::ranges::find(kFamilies, model_type, &SparseFamily::model_type);
  return found == std::end(kFamilies) ? nullptr : found;
}

SparseSizes SparseSizesOf(const SparseFamily& family, HfConfig& config) {
  if (family.model_type == "dbrx") return DbrxSizesOf(config);
  const bool is_llama4 = family.model_type == "llama4_text";
  const int64_t embedding = config.Count("hidden_size");
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t head =
      config.CountOr("head_dim", std::max<int64_t>(embedding / heads, 1));
  SparseSizes sizes = {
      .block_count = config.Count("num_hidden_layers"),
      .embedding = embedding,
      .heads = heads,
      .key_value_heads = config.CountOr("num_key_value_heads", heads),
      .head = head,
      .value_head = config.CountOr("v_head_dim", head),
      .vocabulary = config.Count("vocab_size"),
      .inner = config.Count(is_llama4 ? "intermediate_size_mlp"
                                      : "intermediate_size"),
      .expert_count =
          config.CountOfAnyForAll({"num_experts", "num_local_experts",
                                   "n_routed_experts", "moe_num_experts"}),
      .experts_used =
          config.CountOfAnyForAll({"num_experts_per_tok", "moe_k", "moe_topk"}),
      .expert_inner = config.CountOfAnyForAll(
          {"moe_intermediate_size", "intermediate_size"}),
      .shared_count = is_llama4 ? 1 : SharedCount(config),
      .sparse_period = config.CountOr("interleave_moe_layer_step",
                                      config.CountOr("moe_layer_interval", 1)),
      .nextn_block_count = config.CountOrNone("num_nextn_predict_layers"),
  };
  sizes.shared_inner =
      SharedInner(sizes.shared_count * sizes.expert_inner, config);
  sizes.dense_block_count = DenseBlockCount(sizes, config);
  return sizes;
}

}  // namespace hwledger
