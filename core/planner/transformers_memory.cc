#include "core/planner/transformers_memory.h"

#include <algorithm>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

// PyTorch reserves at least so much at a time (c10/cuda/CUDACachingAllocator.h:
// kLargeBuffer).
constexpr Bytes kLargeBuffer = MiB(20);

constexpr Bytes kElement(2);

struct KeyValue {
  int64_t key = 0;
  int64_t value = 0;
};

// Elements that are cached per token.
KeyValue CachedPerToken(const Layer& layer) {
  if (layer.kind != LayerKind::kLatentAttention) {
    return {layer.key_elements, layer.value_elements};
  }
  const int64_t heads = layer.widths.query_heads;
  const int64_t rotated = layer.key_elements - layer.widths.latent;
  // `unlatent` is the queries of all heads and their rotated parts once more.
  const int64_t keys = layer.widths.unlatent - heads * rotated;
  return {std::max<int64_t>(keys, 0),
          std::max<int64_t>(keys - heads * rotated, 0)};
}

Bytes LayerCache(const Layer& layer, const RuntimeLoad& load) {
  const KeyValue cached = CachedPerToken(layer);
  const int64_t tokens =
      layer.window_tokens > 0
          ? std::min(load.sequence_length, layer.window_tokens - 1)
          : load.sequence_length;
  return load.sequence_count *
         (tokens * ((cached.key + cached.value) * kElement) +
          layer.state_elements * kElement);
}

// Elements per token of a layer's matrices: the residual, its normed copy and
// either queries, keys and values with their rotated copies and the result, or
// the gate, what is up and their product.
int64_t LayerElements(const Layer& layer, int64_t embedding, bool repeats) {
  const LayerWidths& widths = layer.widths;
  const KeyValue cached = CachedPerToken(layer);
  const int64_t query = widths.latent > 0 ? cached.key : widths.query;
  // Shared heads become one per query head, keys and values.
  const int64_t repeated = repeats ? 2 * query : 0;
  const int64_t attention =
      3 * query + 2 * cached.key + cached.value + repeated;
  const int64_t gates = widths.is_gated ? 3 : 2;
  // Experts run one after another; one may get all tokens.
  const int64_t inner =
      std::max(widths.feed_forward, widths.expert_feed_forward);
  const int64_t scan =
      3 * (widths.recurrent.inner + widths.recurrent.convolved);
  return 2 * embedding + std::max({attention, gates * inner, scan});
}

// Scores of all heads: 16 bits, the softmax in 32 and again in 16
// (models/llama/modeling_llama.py: eager_attention_forward).
Bytes EagerScores(const Layer& layer, int64_t queries, int64_t keys) {
  const int64_t keys_seen =
      layer.window_tokens > 0
          ? std::min(keys, queries + layer.window_tokens - 1)
          : keys;
  return layer.widths.query_heads * (queries * (keys_seen * Bytes(8)));
}

int64_t PromptTokens(const TransformersOptions& options) {
  return options.prompt_tokens > 0 ? options.prompt_tokens
                                   : options.load.sequence_length;
}

// Of the widest layer.
int64_t WidestElements(const ModelShape& model,
                       const TransformersOptions& options) {
  int64_t elements = 0;
  for (const Layer& layer : model.layers) {
    elements = std::max(elements, LayerElements(layer, model.embedding_elements,
                                                options.padded_batch ||
                                                    options.eager_attention));
  }
  return elements;
}

std::string CacheFormula(const ModelShape& model, const RuntimeLoad& load) {
  const auto of_token = [](const Layer& layer) {
    const KeyValue cached = CachedPerToken(layer);
    return (cached.key + cached.value) * kElement;
  };
  return absl::StrFormat("%s · %d tokens · %s; transformers cache_utils.py",
                         CountedSequences(load.sequence_count),
                         load.sequence_length, CacheText(model, of_token));
}

std::string ActivationsFormula(const ModelShape& model,
                               const TransformersOptions& options) {
  return absl::StrFormat(
      "%s · 2 B · %d tokens of the prompt · %d elements of the widest layer, "
      "and a copy of one layer's cache; transformers models/*/modeling_*.py, "
      "sdpa_attention.py",
      CountedSequences(options.load.sequence_count), PromptTokens(options),
      WidestElements(model, options));
}

}  // namespace

Bytes TransformersCache(const ModelShape& model, const RuntimeLoad& load) {
  Bytes cache;
  for (const Layer& layer : model.layers) cache += LayerCache(layer, load);
  return cache;
}

MemoryRange TransformersActivations(const ModelShape& model,
                                    const TransformersOptions& options) {
  const RuntimeLoad& load = options.load;
  const int64_t prompt = PromptTokens(options);
  Bytes peak;
  Bytes copied;
  for (const Layer& layer : model.layers) {
    const int64_t elements =
        LayerElements(layer, model.embedding_elements,
                      options.padded_batch || options.eager_attention);
    Bytes one = prompt * (elements * kElement);
    if (options.eager_attention) one += EagerScores(layer, prompt, prompt);
    peak = std::max(peak, load.sequence_count * one);
    copied = std::max(copied, LayerCache(layer, load));
  }
  // In 16 bits and, for the sampler, in 32 (generation/utils.py: _sample).
  const int64_t rows = options.logits_of_prompt ? prompt : 1;
  const Bytes logits =
      load.sequence_count * (rows * (model.vocabulary_size * Bytes(2 + 4)));
  return Within(std::max(peak, logits) + copied, /*less=*/30, /*more=*/50);
}

absl::StatusOr<RuntimeMemory> TransformersMemoryOf(
    const ModelShape& model, const FormattedWeights& weights,
    const TransformersOptions& options) {
  ABSL_RETURN_IF_ERROR(Validate(options.load));
  ABSL_RETURN_IF_ERROR(ValidateRange("prompt_tokens", options.prompt_tokens, 0,
                                     options.load.sequence_length));
  const Bytes cache = TransformersCache(model, options.load);
  // A cache that grows by copies leaves holes behind: at most as much again.
  const Bytes one_layer =
      Bytes(cache.count() / std::max<int64_t>(std::ssize(model.layers), 1));
  const MemoryRange unused = {kLargeBuffer, kLargeBuffer + one_layer,
                              kLargeBuffer + cache};
  return RuntimeMemory{
      .parts = {{RuntimePartKind::kWeights, "weights", Exactly(weights.total),
                 absl::StrFormat("the checkpoint's tensors; of them the token "
                                 "embedding %d B",
                                 weights.embedding.count())},
                {RuntimePartKind::kKvCache, "keys and values", Exactly(cache),
                 CacheFormula(model, options.load)},
                {RuntimePartKind::kActivations, "activations",
                 TransformersActivations(model, options),
                 ActivationsFormula(model, options)},
                {RuntimePartKind::kOverhead, "context, unused memory",
                 kCudaContext + unused,
                 absl::StrFormat(
                     "%d MiB of CUDA context, and what the allocator holds: "
                     "%d MiB and one layer's cache, %d B; PyTorch "
                     "CUDACachingAllocator.h",
                     kCudaContext.expected.mebibytes(),
                     kLargeBuffer.mebibytes(), one_layer.count())}}};
}

}  // namespace hwledger
