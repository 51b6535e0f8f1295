#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

struct Rwkv {
  int64_t embedding = 0;
  int64_t head = 0;
  int64_t inner = 0;
};

int64_t InnerOr(HfConfig& config, int64_t fallback) {
  return config.CountOr("intermediate_size", fallback);
}

// What both generations have around their blocks.
void AddFrame(const Rwkv& model, HfConfig& config, HeaderDraft& draft) {
  const int64_t vocabulary = config.Count("vocab_size");
  draft.Set("context_length", kUnlimitedTokens);
  draft.Set("embedding_length", model.embedding);
  draft.Set("block_count", config.Count("num_hidden_layers"));
  draft.Set("feed_forward_length", model.inner);
  draft.Set("vocab_size", vocabulary);
  draft.Set("attention.head_count", int64_t{0});
  draft.Set(
      "attention.layer_norm_epsilon",
      config.RealOr("layer_norm_epsilon", config.RealOr("norm_eps", 1e-5)));
  draft.Set("wkv.head_size", model.head);
  AddEnds({.embedding_elements = model.embedding,
           .vocabulary_size = vocabulary,
           .tied = config.FlagOr("tie_word_embeddings", false)},
          draft);
  draft.Add("output_norm.bias", {model.embedding});
  draft.Add("token_embd_norm.weight", {model.embedding});
  draft.Add("token_embd_norm.bias", {model.embedding});
}

// Norms, the four square projections and what is normed after the recurrence.
void AddSquares(const Rwkv& model, int64_t block, HeaderDraft& draft) {
  for (const std::string_view name :
       {"attn_norm.weight", "attn_norm.bias", "attn_norm_2.weight",
        "attn_norm_2.bias", "time_mix_ln.weight", "time_mix_ln.bias"}) {
    draft.Add(BlockTensor(block, name), {model.embedding});
  }
  for (const std::string_view name :
       {"time_mix_key.weight", "time_mix_value.weight",
        "time_mix_receptance.weight", "time_mix_output.weight"}) {
    draft.Add(BlockTensor(block, name), {model.embedding, model.embedding});
  }
}

void AddChannelMix(const Rwkv& model, int64_t block, HeaderDraft& draft) {
  draft.Add(BlockTensor(block, "channel_mix_lerp_k.weight"), {model.embedding});
  draft.Add(BlockTensor(block, "channel_mix_key.weight"),
            {model.embedding, model.inner});
  draft.Add(BlockTensor(block, "channel_mix_value.weight"),
            {model.inner, model.embedding});
}

// RWKV-6 ("Finch", arXiv:2404.05892): the ranks follow from the width.
struct FinchRanks {
  int64_t mix = 0;
  int64_t decay = 0;
};

FinchRanks FinchRanksFor(int64_t embedding) {
  return embedding == 4096 ? FinchRanks{.mix = 64, .decay = 128}
                           : FinchRanks{.mix = 32, .decay = 64};
}

void AddFinchMix(const Rwkv& model, const FinchRanks& ranks, int64_t block,
                 HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  add("time_mix_w1.weight", {model.embedding, 5 * ranks.mix});
  add("time_mix_w2.weight", {ranks.mix, model.embedding, 5});
  add("time_mix_lerp_x.weight", {model.embedding});
  add("time_mix_lerp_fused.weight", {model.embedding, 1, 1, 5});
  add("time_mix_first.weight", {model.head, model.embedding / model.head});
  add("time_mix_decay.weight", {model.embedding});
  add("time_mix_decay_w1.weight", {model.embedding, ranks.decay});
  add("time_mix_decay_w2.weight", {ranks.decay, model.embedding});
  add("time_mix_gate.weight", {model.embedding, model.embedding});
  add("channel_mix_lerp_r.weight", {model.embedding});
  add("channel_mix_receptance.weight", {model.embedding, model.embedding});
}

// RWKV-7 ("Goose", arXiv:2503.14456).
struct GooseRanks {
  int64_t decay = 0;
  int64_t rate = 0;  // Of learning in context.
  int64_t value = 0;
  int64_t gate = 0;
};

// Where a config leaves a rank open it follows from the width: a power of it,
// in whole multiples of 32 (llama.cpp: conversion/rwkv.py).
int64_t RankFor(int64_t embedding, double exponent, double factor) {
  const double multiples = std::round(
      std::pow(static_cast<double>(embedding), exponent) * factor / 32);
  return 32 * std::max<int64_t>(1, static_cast<int64_t>(multiples));
}

GooseRanks GooseRanksOf(HfConfig& config) {
  const int64_t embedding = config.Count("hidden_size");
  return {
      .decay =
          config.CountOr("decay_low_rank_dim", RankFor(embedding, 0.5, 1.8)),
      .rate = config.CountOr("a_low_rank_dim", RankFor(embedding, 0.5, 1.8)),
      .value = config.CountOr("v_low_rank_dim", RankFor(embedding, 0.5, 1.3)),
      .gate =
          config.CountOr("gate_low_rank_dim", RankFor(embedding, 0.8, 0.6))};
}

void AddGooseMix(const Rwkv& model, const GooseRanks& ranks, int64_t block,
                 HeaderDraft& draft) {
  const auto add = [&](std::string_view name, std::vector<int64_t> dimensions) {
    draft.Add(BlockTensor(block, name), std::move(dimensions));
  };
  const int64_t embedding = model.embedding;
  // The first block's values mix with none before; the loader asks for the
  // tensors all the same, and the converter gives it copies of the rate's.
  const int64_t value = block == 0 ? ranks.rate : ranks.value;
  add("time_mix_w0.weight", {embedding});
  add("time_mix_w1.weight", {embedding, ranks.decay});
  add("time_mix_w2.weight", {ranks.decay, embedding});
  add("time_mix_a0.weight", {embedding});
  add("time_mix_a1.weight", {embedding, ranks.rate});
  add("time_mix_a2.weight", {ranks.rate, embedding});
  add("time_mix_v0.weight", {embedding});
  add("time_mix_v1.weight", {embedding, value});
  add("time_mix_v2.weight", {value, embedding});
  add("time_mix_g1.weight", {embedding, ranks.gate});
  add("time_mix_g2.weight", {ranks.gate, embedding});
  add("time_mix_lerp_fused.weight", {embedding, 1, 1, 6});
  add("time_mix_k_k.weight", {embedding});
  add("time_mix_k_a.weight", {embedding});
  add("time_mix_r_k.weight", {embedding});
}

}  // namespace

void AddRwkv6(HfConfig& config, HeaderDraft& draft) {
  const int64_t embedding = config.Count("hidden_size");
  const Rwkv model = {
      .embedding = embedding,
      .head = config.CountOr("head_size", 64),
      // Three and a half times the width, in whole multiples of 32.
      .inner = InnerOr(config, embedding * 7 / 2 / 32 * 32)};
  const FinchRanks ranks = FinchRanksFor(embedding);
  AddFrame(model, config, draft);
  draft.Set("time_mix_extra_dim", ranks.mix);
  draft.Set("time_decay_extra_dim", ranks.decay);
  draft.Set("rescale_every_n_layers", config.CountOrNone("rescale_every"));
  const int64_t block_count = config.Count("num_hidden_layers");
  for (int64_t block = 0; block < block_count; ++block) {
    AddSquares(model, block, draft);
    AddFinchMix(model, ranks, block, draft);
    AddChannelMix(model, block, draft);
  }
}

void AddRwkv7(HfConfig& config, HeaderDraft& draft) {
  const int64_t embedding = config.Count("hidden_size");
  const Rwkv model = {.embedding = embedding,
                      .head = config.CountOr("head_dim", 64),
                      .inner = InnerOr(config, 4 * embedding)};
  const GooseRanks ranks = GooseRanksOf(config);
  AddFrame(model, config, draft);
  draft.Set("attention.decay_lora_rank", ranks.decay);
  draft.Set("attention.iclr_lora_rank", ranks.rate);
  draft.Set("attention.value_residual_mix_lora_rank", ranks.value);
  draft.Set("attention.gate_lora_rank", ranks.gate);
  const int64_t block_count = config.Count("num_hidden_layers");
  for (int64_t block = 0; block < block_count; ++block) {
    AddSquares(model, block, draft);
    AddGooseMix(model, ranks, block, draft);
    AddChannelMix(model, block, draft);
  }
}

}  // namespace hwledger
