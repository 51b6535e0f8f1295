#include <algorithm>

#include "core/model/hf_architecture.h"

namespace hwledger {
namespace {

// A block of a decoder that scales its blocks one by one. 0: it has no such
// part.
struct Block {
  int64_t query_heads = 0;
  int64_t key_heads = 0;
  int64_t inner = 0;
};

struct Scaled {
  int64_t embedding = 0;
  int64_t head = 0;
  std::vector<Block> blocks;
};

void SetKeys(const Scaled& model, HfConfig& config, HeaderDraft& draft) {
  draft.Set("context_length", config.Count("max_position_embeddings"));
  draft.Set("embedding_length", model.embedding);
  draft.Set("block_count", std::ssize(model.blocks));
  draft.Set("vocab_size", config.Count("vocab_size"));
  draft.Set("attention.layer_norm_rms_epsilon",
            config.RealOr("rms_norm_eps", 1e-6));
  draft.Set("attention.key_length", model.head);
  draft.Set("attention.value_length", model.head);
  draft.Set("rope.dimension_count", model.head);
  draft.Set("rope.freq_base", config.RealOr("rope_theta", 10000));
  const auto set_all = [&](std::string_view key, int64_t Block::* member) {
    GgufArray numbers = {.length = std::ssize(model.blocks)};
    for (const Block& block : model.blocks) {
      numbers.integers.push_back(block.*member);
    }
    draft.Set(key, std::move(numbers));
  };
  set_all("attention.head_count", &Block::query_heads);
  set_all("attention.head_count_kv", &Block::key_heads);
  set_all("feed_forward_length", &Block::inner);
}

// The next multiple of `divisor`, up or down, but at most a tenth below.
int64_t Divisible(double width, int64_t divisor) {
  const auto nearest =
      static_cast<int64_t>(width + static_cast<double>(divisor) / 2) / divisor *
      divisor;
  const int64_t chosen = std::max(divisor, nearest);
  return static_cast<double>(chosen) < 0.9 * width ? chosen + divisor : chosen;
}

void AddOpenElmBlock(const Scaled& model, int64_t index, HeaderDraft& draft) {
  const Block& block = model.blocks[static_cast<size_t>(index)];
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(index, name), std::move(dimensions));
  };
  add("attn_norm.weight", {model.embedding});
  add("attn_qkv.weight",
      {model.embedding,
       (block.query_heads + 2 * block.key_heads) * model.head});
  add("attn_q_norm.weight", {model.head});
  add("attn_k_norm.weight", {model.head});
  add("attn_output.weight", {block.query_heads * model.head, model.embedding});
  add("ffn_norm.weight", {model.embedding});
  AddFeedForward(index, "", model.embedding, block.inner, draft);
}

// Attention may be left out, or be a single projection: it has queries then,
// but no keys.
void AddNasBlock(const Scaled& model, int64_t index, HeaderDraft& draft) {
  const Block& block = model.blocks[static_cast<size_t>(index)];
  const auto add = [&](std::string_view name, int64_t in, int64_t out) {
    draft.Add(BlockTensor(index, name), {in, out});
  };
  if (block.query_heads > 0) {
    draft.Add(BlockTensor(index, "attn_norm.weight"), {model.embedding});
    add("attn_output.weight", block.query_heads * model.head, model.embedding);
  }
  if (block.key_heads > 0) {
    add("attn_q.weight", model.embedding, block.query_heads * model.head);
    add("attn_k.weight", model.embedding, block.key_heads * model.head);
    add("attn_v.weight", model.embedding, block.key_heads * model.head);
  }
  if (block.inner > 0) {
    draft.Add(BlockTensor(index, "ffn_norm.weight"), {model.embedding});
    AddFeedForward(index, "", model.embedding, block.inner, draft);
  }
}

Block NasBlock(HfConfig& config, const HfConfig& block, int64_t embedding) {
  // Two thirds of the embedding's multiple, up to a whole 256.
  constexpr int64_t multiple = 256;
  HfConfig attention = block.Part("attention");
  HfConfig feed_forward = block.Part("ffn");
  const int64_t heads = config.Count("num_attention_heads");
  const int64_t group = attention.CountOrNone("n_heads_in_group");
  const bool linear = attention.FlagOr("replace_with_linear", false);
  const double width = std::clamp(feed_forward.RealOr("ffn_mult", 0), 0.0,
                                  static_cast<double>(multiple));
  const auto inner =
      static_cast<int64_t>(2 * width * static_cast<double>(embedding) / 3);
  config.Adopt(attention.status());
  config.Adopt(feed_forward.status());
  return {.query_heads = group > 0 || linear ? heads : 0,
          .key_heads = group > 0 ? heads / group : 0,
          .inner = (inner + multiple - 1) / multiple * multiple};
}

}  // namespace

void AddOpenElm(HfConfig& config, HeaderDraft& draft) {
  const int64_t count = config.Count("num_hidden_layers");
  const std::vector<double> queries = config.Reals("num_query_heads", count);
  const std::vector<double> keys = config.Reals("num_kv_heads", count);
  const std::vector<double> widths = config.Reals("ffn_multipliers", count);
  const int64_t divisor = config.CountOr("ffn_dim_divisor", 256);
  Scaled model = {.embedding = config.Count("hidden_size"),
                  .head = config.Count("head_dim")};
  for (size_t i = 0; i < widths.size(); ++i) {
    model.blocks.push_back(
        {.query_heads = static_cast<int64_t>(queries[i]),
         .key_heads = static_cast<int64_t>(keys[i]),
         .inner = Divisible(widths[i] * static_cast<double>(model.embedding),
                            divisor)});
  }
  SetKeys(model, config, draft);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = true},
          draft);
  for (int64_t block = 0; block < count; ++block) {
    AddOpenElmBlock(model, block, draft);
  }
}

void AddNemotronNas(HfConfig& config, HeaderDraft& draft) {
  const int64_t count = config.Count("num_hidden_layers");
  const int64_t embedding = config.Count("hidden_size");
  Scaled model = {.embedding = embedding,
                  .head = std::max<int64_t>(
                      embedding / config.Count("num_attention_heads"), 1)};
  for (const HfConfig& block : config.Parts("block_configs", count)) {
    model.blocks.push_back(NasBlock(config, block, embedding));
  }
  SetKeys(model, config, draft);
  AddEnds({.embedding_elements = embedding,
           .vocabulary_size = config.Count("vocab_size"),
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  if (config.Part("rope_scaling").TextOr("rope_type", "") == "llama3") {
    draft.Add("rope_freqs.weight", {model.head / 2});
  }
  for (int64_t block = 0; block < count; ++block) {
    AddNasBlock(model, block, draft);
  }
}

}  // namespace hwledger
