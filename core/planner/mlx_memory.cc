#include "core/planner/mlx_memory.h"

#include <algorithm>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

constexpr int64_t kGrowth = 256;
constexpr Bytes kElement(2);

int64_t Grown(int64_t tokens) {
  return (tokens + kGrowth - 1) / kGrowth * kGrowth;
}

Bytes PerToken(const Layer& layer, const MlxOptions& options) {
  const int64_t elements = layer.key_elements + layer.value_elements;
  if (options.kv_bits == 0 || layer.window_tokens > 0) {
    return elements * kElement;
  }
  const int64_t groups = elements / options.kv_group_elements;
  return Bytes(elements * options.kv_bits / 8) + groups * Bytes(2 + 2);
}

Bytes LayerCache(const Layer& layer, const MlxOptions& options) {
  int64_t tokens = Grown(options.load.sequence_length);
  if (layer.window_tokens > 0) tokens = std::min(tokens, layer.window_tokens);
  return options.load.sequence_count *
         (tokens * PerToken(layer, options) + layer.state_elements * kElement);
}

int64_t LayerElements(const Layer& layer, int64_t embedding) {
  const LayerWidths& widths = layer.widths;
  const int64_t attention = 2 * widths.query + widths.output +
                            layer.key_elements + layer.value_elements +
                            widths.unlatent;
  const int64_t gates = widths.is_gated ? 3 : 2;
  const int64_t dense = gates * widths.feed_forward;
  // Experts are multiplied by all at once (models/switch_layers.py).
  const int64_t sparse =
      widths.experts_used * (gates * widths.expert_feed_forward + embedding);
  const int64_t scan =
      3 * widths.recurrent.inner + 2 * widths.recurrent.convolved;
  return 2 * embedding + std::max({attention, dense, sparse, scan});
}

int64_t StepTokens(const MlxOptions& options) {
  return std::min(options.prompt_step, options.load.sequence_length);
}

// Of the widest layer.
int64_t WidestElements(const ModelShape& model) {
  int64_t elements = 0;
  for (const Layer& layer : model.layers) {
    elements =
        std::max(elements, LayerElements(layer, model.embedding_elements));
  }
  return elements;
}

std::string CacheFormula(const ModelShape& model, const MlxOptions& options) {
  const auto of_token = [&](const Layer& layer) {
    return PerToken(layer, options);
  };
  return absl::StrFormat("%s · %d tokens, in %ds · %s; mlx_lm/models/cache.py",
                         CountedSequences(options.load.sequence_count),
                         Grown(options.load.sequence_length), kGrowth,
                         CacheText(model, of_token));
}

}  // namespace

Bytes MlxCache(const ModelShape& model, const MlxOptions& options) {
  Bytes cache;
  for (const Layer& layer : model.layers) cache += LayerCache(layer, options);
  return cache;
}

MemoryRange MlxActivations(const ModelShape& model, const MlxOptions& options) {
  const int64_t length = options.load.sequence_length;
  const int64_t step = StepTokens(options);
  const int64_t elements = WidestElements(model);
  Bytes beyond;
  for (const Layer& layer : model.layers) {
    if (layer.window_tokens == 0 || length <= layer.window_tokens) continue;
    const int64_t tokens = std::min(length - layer.window_tokens, step - 1);
    beyond += tokens * PerToken(layer, options);
  }
  // Only the last token of a prompt gets logits.
  const Bytes logits = model.vocabulary_size * Bytes(2 + 4);
  const Bytes one = std::max(step * (elements * kElement), logits) + beyond;
  return Within(options.load.sequence_count * one, /*less=*/50, /*more=*/100);
}

absl::StatusOr<RuntimeMemory> MlxMemoryOf(const ModelShape& model,
                                          const FormattedWeights& weights,
                                          const MlxOptions& options) {
  ABSL_RETURN_IF_ERROR(Validate(options.load));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("prefill_step_size", options.prompt_step, 1, 1 << 20));
  ABSL_RETURN_IF_ERROR(
      ValidateRange("kv_group_size", options.kv_group_elements, 32, 128));
  if (options.kv_bits != 0) {
    ABSL_RETURN_IF_ERROR(ValidateRange("kv_bits", options.kv_bits, 2, 8));
  }
  const MemoryRange activations = MlxActivations(model, options);
  // What a step frees is kept until it ends (mlx_lm/generate.py: clear_cache).
  const MemoryRange kept = {Bytes(), activations.expected, activations.high};
  return RuntimeMemory{
      .parts = {
          {RuntimePartKind::kWeights, "weights", Exactly(weights.total),
           absl::StrFormat("the checkpoint's tensors; of them the token "
                           "embedding %d B",
                           weights.embedding.count())},
          {RuntimePartKind::kKvCache, "keys and values",
           Exactly(MlxCache(model, options)), CacheFormula(model, options)},
          {RuntimePartKind::kActivations, "activations", activations,
           absl::StrFormat(
               "%s · 2 B · %d tokens of a step · %d elements of the "
               "widest layer; mlx_lm/generate.py: prefill_step_size",
               CountedSequences(options.load.sequence_count),
               StepTokens(options), WidestElements(model))},
          {RuntimePartKind::kOverhead, "freed, but kept", kept,
           "as much again as a step; mlx_lm/generate.py: "
           "clear_cache"}}};
}

}  // namespace hwledger
