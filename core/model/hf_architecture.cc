#include "core/model/hf_architecture.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

void SetRopeScaling(HfConfig& config, HeaderDraft& draft) {
  HfConfig scaling = config.Part("rope_scaling");
  const std::string type =
      scaling.TextOr("rope_type", scaling.TextOr("type", "none"));
  if (type != "yarn" && type != "linear") return;
  draft.Set("rope.scaling.type", type);
  draft.Set("rope.scaling.factor", scaling.RealOr("factor", 1));
  if (type == "linear") return;
  draft.Set("rope.scaling.original_context_length",
            scaling.CountOr("original_max_position_embeddings",
                            config.Count("max_position_embeddings")));
}

}  // namespace

void AddEnds(const Ends& ends, HeaderDraft& draft) {
  const int64_t embedding = ends.embedding_elements;
  draft.Add("token_embd.weight", {embedding, ends.vocabulary_size});
  draft.Add("output_norm.weight", {embedding});
  if (!ends.tied) {
    draft.Add("output.weight", {embedding, ends.vocabulary_size});
  }
}

void SetAttentionKeys(HfConfig& config, HeaderDraft& draft) {
  const int64_t heads = config.Count("num_attention_heads");
  draft.Set("context_length",
            config.CountOfAny({"max_position_embeddings", "model_max_length"}));
  draft.Set("embedding_length", config.Count("hidden_size"));
  draft.Set("block_count", config.Count("num_hidden_layers"));
  draft.Set("feed_forward_length", config.CountOrNone("intermediate_size"));
  draft.Set("vocab_size", config.Count("vocab_size"));
  draft.Set("attention.head_count", heads);
  draft.Set("attention.head_count_kv",
            config.CountOr("num_key_value_heads", heads));
  draft.Set("attention.layer_norm_rms_epsilon",
            config.RealOr("rms_norm_eps", 1e-6));
  draft.Set("rope.freq_base", config.RealOr("rope_theta", 10000));
  if (config.Has("head_dim")) {
    draft.Set("attention.key_length", config.Count("head_dim"));
    draft.Set("attention.value_length", config.Count("head_dim"));
  }
  draft.Set("expert_used_count", config.CountOrNone("num_experts_per_tok"));
  SetRopeScaling(config, draft);
}

void AddFeedForward(int64_t block, std::string_view suffix,
                    int64_t embedding_elements, int64_t inner_elements,
                    HeaderDraft& draft) {
  const auto name = [&](std::string_view which) {
    return BlockTensor(block, absl::StrCat(which, suffix, ".weight"));
  };
  draft.Add(name("ffn_gate"), {embedding_elements, inner_elements});
  draft.Add(name("ffn_up"), {embedding_elements, inner_elements});
  draft.Add(name("ffn_down"), {inner_elements, embedding_elements});
}

void AddExperts(int64_t block, int64_t embedding_elements,
                int64_t inner_elements, int64_t expert_count,
                const TensorType* type, HeaderDraft& draft) {
  const auto name = [block](std::string_view which) {
    return BlockTensor(block, which);
  };
  draft.Add(name("ffn_gate_inp.weight"), {embedding_elements, expert_count});
  draft.AddTyped(name("ffn_gate_exps.weight"),
                 {embedding_elements, inner_elements, expert_count}, type);
  draft.AddTyped(name("ffn_up_exps.weight"),
                 {embedding_elements, inner_elements, expert_count}, type);
  draft.AddTyped(name("ffn_down_exps.weight"),
                 {inner_elements, embedding_elements, expert_count}, type);
}

void AddNextTokenPrediction(const NextTokenPrediction& prediction,
                            HeaderDraft& draft) {
  const int64_t embedding = prediction.embedding_elements;
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(
        BlockTensor(prediction.block, absl::StrCat("nextn.", name, ".weight")),
        std::move(dimensions));
  };
  add("eh_proj", {2 * embedding, embedding});
  add("enorm", {embedding});
  add("hnorm", {embedding});
  add("shared_head_norm", {embedding});
  if (prediction.vocabulary_size == 0) return;
  add("embed_tokens", {embedding, prediction.vocabulary_size});
  add("shared_head_head", {embedding, prediction.vocabulary_size});
}

}  // namespace hwledger
