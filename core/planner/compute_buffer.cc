#include "core/planner/compute_buffer.h"

#include <algorithm>

#include "core/planner/recurrent_buffer.h"

namespace hwledger {
namespace {

// What every stage knows.
struct Stage {
  int64_t embedding_elements = 0;
  const Surroundings& around;
  const Pass& pass;

  // Results of so many elements per token and what surrounds them. All are F32.
  Bytes Holding(int64_t elements_per_token) const {
    return pass.token_count *
           Floats(elements_per_token + around.residuals * embedding_elements);
  }
  static Bytes Floats(int64_t count) { return count * Bytes(sizeof(float)); }
  static Bytes Halves(int64_t count) { return count * Bytes(2); }
};

// Gate, value and their product, or the one hidden result of a network without
// a gate: 3 · width, 1 · width. Behind a scan the states that the next layer
// reads have been gathered already and split the room of one residual.
Bytes FeedForward(const Layer& layer, const Stage& stage) {
  const LayerWidths& widths = layer.widths;
  if (widths.feed_forward == 0) return Bytes();
  const bool behind_scan = layer.kind == LayerKind::kRecurrent &&
                           widths.recurrent.kind == Recurrence::kMamba2;
  return stage.Holding((widths.is_gated ? 3 : 1) * widths.feed_forward +
                       (behind_scan ? stage.embedding_elements : 0));
}

// The same for each expert that is used. Their results go where gate and value
// were, or on top where these were narrower; without a gate only the hidden
// results are there, and they are still read.
Bytes Experts(const LayerWidths& widths, const Stage& stage) {
  const int64_t hidden = widths.experts_used * widths.expert_feed_forward;
  if (hidden == 0) return Bytes();
  const int64_t results = widths.experts_used * stage.embedding_elements;
  if (!widths.has_gated_experts) return stage.Holding(hidden + results);
  return stage.Holding(3 * hidden + (results > 2 * hidden ? results : 0));
}

// Queries before and after rotation: those that are wider than the embedding
// find no room in what the residual stream leaves. A gate that is projected
// with them stays until the end.
int64_t Queries(const LayerWidths& widths, const Stage& stage) {
  const bool twice =
      widths.is_rotated && widths.query > stage.embedding_elements;
  return (twice ? 2 : 1) * widths.query + widths.query_gate;
}

// With flash attention the scores never exist as a whole. An F32 cache is
// converted to F16 for it, all cells at once.
Bytes FlashAttention(const Layer& layer, const Stage& stage) {
  const CacheLayout& layout = stage.pass.layout;
  const int64_t cells = CellsPerStream(layer, layout) * layout.stream_count;
  const int64_t converted =
      (layout.key_type->name == "F32" ? layer.key_elements : 0) +
      (layout.value_type->name == "F32" ? layer.value_elements : 0);
  return stage.Holding(Queries(layer.widths, stage)) +
         cells * Stage::Halves(converted);
}

// Without it: the scores of all heads over all cells, beside queries, keys and
// values.
Bytes PlainAttention(const Layer& layer, const Stage& stage) {
  const int64_t scores =
      layer.widths.query_heads * CellsPerStream(layer, stage.pass.layout);
  // Two caches, one with a window and one without, keep keys and values twice.
  const int64_t keys_and_values = (layer.window_tokens > 0 ? 2 : 1) *
                                  (layer.key_elements + layer.value_elements);
  return stage.Holding(scores + Queries(layer.widths, stage) + keys_and_values);
}

// Latent attention widens every head's query to the latent row, and the results
// are latent too. The scores find room where the widened queries were, or else
// come on top; so do the values, transposed as F16, unless they
// find room where those queries were that made the widened ones.
Bytes LatentAttention(const Layer& layer, const Stage& stage) {
  const LayerWidths& widths = layer.widths;
  const CacheLayout& layout = stage.pass.layout;
  const int64_t cells = CellsPerStream(layer, layout);
  const int64_t queries = widths.query + widths.output + widths.unlatent;
  const int64_t scores = widths.query_heads * cells;
  if (stage.pass.flash_attention || scores <= widths.output) {
    return stage.Holding(queries);
  }
  const Bytes values =
      layout.stream_count * (cells * Stage::Halves(widths.latent));
  const Bytes room =
      stage.pass.token_count * Stage::Floats(widths.output + widths.unlatent);
  return stage.Holding(queries + scores) +
         (widths.is_rotated || values > room ? values : Bytes());
}

Bytes LayerStage(const Layer& layer, const Stage& stage) {
  Bytes widest =
      std::max(FeedForward(layer, stage), Experts(layer.widths, stage));
  widest =
      std::max(widest, stage.Holding(0) + RecurrentBuffer(layer, stage.pass));
  if (layer.kind == LayerKind::kLatentAttention) {
    return std::max(widest, LatentAttention(layer, stage));
  }
  if (layer.key_elements == 0) return widest;
  if (stage.pass.flash_attention) {
    return std::max(widest, FlashAttention(layer, stage));
  }
  // Keys and values of plain attention leave gaps that the rest cannot use.
  const int64_t gaps = (layer.window_tokens > 0 ? 2 : 1) *
                       (layer.key_elements + layer.value_elements);
  return std::max(widest + stage.pass.token_count * Stage::Floats(gaps),
                  PlainAttention(layer, stage));
}

// Which cells a token may look at: one mask per kind of cache, F16 with flash
// attention, else F32.
Bytes Masks(absl::Span<const LayerGroup> layers, const Pass& pass) {
  int64_t full_cells = 0;
  int64_t window_cells = 0;
  for (const LayerGroup& group : layers) {
    if (group.layer->key_elements == 0) continue;
    int64_t& cells = group.layer->window_tokens > 0 ? window_cells : full_cells;
    cells = std::max(cells, CellsPerStream(*group.layer, pass.layout));
  }
  return (full_cells + window_cells) *
         (pass.token_count * Bytes(pass.flash_attention ? 2 : 4));
}

}  // namespace

Pass PassOf(const EngineOptions& options) {
  const int64_t slots = options.slot_count;
  const int64_t tokens =
      std::min(options.micro_batch_size, options.sequence_length * slots);
  return {.layout = CacheLayoutOf(options),
          .token_count = (tokens + slots - 1) / slots * slots,
          .output_count = slots,
          .flash_attention = options.flash_attention != FlashAttention::kOff};
}

Bytes ComputeBuffer(absl::Span<const LayerGroup> layers,
                    int64_t embedding_elements, int64_t vocabulary_size,
                    const Surroundings& around, const Pass& pass) {
  const Stage stage{
      .embedding_elements = embedding_elements, .around = around, .pass = pass};
  // A device with the output layer alone sees only the tokens that it is for.
  if (layers.empty()) {
    return pass.output_count *
           Stage::Floats(vocabulary_size + embedding_elements);
  }
  Bytes widest =
      stage.Holding(0) + pass.output_count * Stage::Floats(vocabulary_size);
  for (const LayerGroup& group : layers) {
    widest = std::max(widest, LayerStage(*group.layer, stage));
  }
  return widest + around.masks * Masks(layers, pass);
}

Bytes InputBuffer(absl::Span<const LayerGroup> layers,
                  int64_t embedding_elements, const Surroundings& around,
                  const Pass& pass) {
  return pass.token_count *
             Stage::Floats(around.residuals * embedding_elements) +
         around.masks * Masks(layers, pass);
}

Bytes OutputBuffer(int64_t vocabulary_size, const Pass& pass) {
  return pass.output_count * (vocabulary_size * Bytes(sizeof(float)));
}

}  // namespace hwledger
