#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

// The part of a head's elements that carries the position, where the config
// does not name it: a quarter.
constexpr double kRotatedPart = 0.25;

struct DeltaNet {
  bool is_next = false;  // Qwen3-Next, which names and fuses differently.
  int64_t embedding = 0;
  int64_t heads = 0;  // Of the attention layers, as are the next two.
  int64_t key_value_heads = 0;
  int64_t head = 0;
  int64_t keys = 0;  // Elements of all heads' keys in the other layers.
  int64_t values = 0;
  int64_t value_heads = 0;
  int64_t value_head = 0;
  int64_t convolution = 0;
  int64_t attention_interval = 0;
  int64_t expert_count = 0;
};

// A list of the layers' kinds says the same as the interval in which attention
// comes back.
int64_t IntervalOf(HfConfig& config) {
  if (!config.Has("layer_types")) {
    return config.CountOr("full_attention_interval", 4);
  }
  int64_t interval = 1;
  for (const std::string& type :
       config.Texts("layer_types", config.Count("num_hidden_layers"))) {
    if (type == "full_attention") break;
    ++interval;
  }
  return interval;
}

DeltaNet DeltaNetOf(std::string_view model_type, HfConfig& config) {
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t value_heads = config.Count("linear_num_value_heads");
  const int64_t value_head = config.Count("linear_value_head_dim");
  return {.is_next = model_type == "qwen3_next",
          .embedding = config.Count("hidden_size"),
          .heads = heads,
          .key_value_heads = config.CountOr("num_key_value_heads", heads),
          .head = config.Count("head_dim"),
          .keys = config.Count("linear_num_key_heads") *
                  config.Count("linear_key_head_dim"),
          .values = value_heads * value_head,
          .value_heads = value_heads,
          .value_head = value_head,
          .convolution = config.Count("linear_conv_kernel_dim"),
          .attention_interval = IntervalOf(config),
          .expert_count = config.CountOrNone("num_experts")};
}

void SetKeys(const DeltaNet& model, HfConfig& config, HeaderDraft& draft) {
  SetAttentionKeys(config, draft);
  draft.Set("rope.dimension_count",
            static_cast<int64_t>(
                static_cast<double>(model.head) *
                config.RealOr("partial_rotary_factor", kRotatedPart)));
  if (!model.is_next) {
    // How the elements are shared among text, height and width of a picture.
    draft.Set("rope.dimension_sections",
              GgufArray{.length = 4, .integers = {11, 11, 10, 0}});
  }
  draft.Set("full_attention_interval", model.attention_interval);
  draft.Set("ssm.conv_kernel", model.convolution);
  draft.Set("ssm.state_size", config.Count("linear_key_head_dim"));
  draft.Set("ssm.group_count", config.Count("linear_num_key_heads"));
  draft.Set("ssm.time_step_rank", model.value_heads);
  draft.Set("ssm.inner_size", model.values);
  if (model.expert_count > 0) {
    draft.Set("expert_count", model.expert_count);
    draft.Set("expert_feed_forward_length",
              config.Count("moe_intermediate_size"));
    draft.Set("expert_shared_feed_forward_length",
              config.Count("shared_expert_intermediate_size"));
  }
}

// The queries bring a gate along that is as wide.
void AddAttention(const DeltaNet& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t query = model.heads * model.head;
  const int64_t key_value = model.key_value_heads * model.head;
  add("attn_q.weight", {model.embedding, 2 * query});
  add("attn_k.weight", {model.embedding, key_value});
  add("attn_v.weight", {model.embedding, key_value});
  add("attn_output.weight", {query, model.embedding});
  add("attn_q_norm.weight", {model.head});
  add("attn_k_norm.weight", {model.head});
}

void AddDelta(const DeltaNet& model, int64_t block, HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t convolved = 2 * model.keys + model.values;
  add("attn_qkv.weight", {model.embedding, convolved});
  add("attn_gate.weight", {model.embedding, model.values});
  add("ssm_conv1d.weight", {model.convolution, convolved});
  add("ssm_dt.bias", {model.value_heads});
  add("ssm_a", {model.value_heads});
  if (model.is_next) {
    add("ssm_ba.weight", {model.embedding, 2 * model.value_heads});
  } else {
    add("ssm_beta.weight", {model.embedding, model.value_heads});
    add("ssm_alpha.weight", {model.embedding, model.value_heads});
  }
  add("ssm_norm.weight", {model.value_head});
  add("ssm_out.weight", {model.values, model.embedding});
}

void AddFeedForwardOf(const DeltaNet& model, HfConfig& config, int64_t block,
                      HeaderDraft& draft) {
  if (model.expert_count == 0) {
    AddFeedForward(block, "", model.embedding,
                   config.Count("intermediate_size"), draft);
    return;
  }
  AddExperts(block, model.embedding, config.Count("moe_intermediate_size"),
             model.expert_count, draft.weights(), draft);
  draft.Add(BlockTensor(block, "ffn_gate_inp_shexp.weight"), {model.embedding});
  AddFeedForward(block, "_shexp", model.embedding,
                 config.Count("shared_expert_intermediate_size"), draft);
}

}  // namespace

void AddDeltaNet(std::string_view model_type, HfConfig& config,
                 HeaderDraft& draft) {
  const DeltaNet model = DeltaNetOf(model_type, config);
  SetKeys(model, config, draft);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  const int64_t block_count = config.Count("num_hidden_layers");
  for (int64_t block = 0; block < block_count; ++block) {
    draft.Add(BlockTensor(block, "attn_norm.weight"), {model.embedding});
    draft.Add(BlockTensor(block, "post_attention_norm.weight"),
              {model.embedding});
    if ((block + 1) % model.attention_interval == 0) {
      AddAttention(model, block, draft);
    } else {
      AddDelta(model, block, draft);
    }
    AddFeedForwardOf(model, config, block, draft);
  }
}

}  // namespace hwledger
