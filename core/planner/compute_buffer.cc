#include "core/planner/compute_buffer.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "core/planner/pass_inputs.h"
#include "core/planner/recurrent_buffer.h"
#include "core/planner/rehearsed_attention.h"

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
  bool IsHandedOver() const { return around.feed == Feed::kHandover; }
  static Bytes Floats(int64_t count) { return count * Bytes(sizeof(float)); }
  static Bytes Halves(int64_t count) { return count * Bytes(2); }
};

// Each layer's own inputs, of all layers, stay for the whole pass. Beside them
// is the gap that their permutation left, which takes a result of up to its
// width, unless the rotation of keys for a quantized cache has broken it up.
int64_t LayerInputs(const LayerWidths& widths, int64_t in_gap) {
  const bool fits = in_gap <= widths.layer_inputs;
  return 2 * widths.layer_inputs - (fits ? in_gap : 0);
}

// Where feed-forward part and attention run side by side, what attention gave
// is kept too. With a gate it finds room where the queries were, unless their
// rotation for a quantized cache or a second cache has broken that gap up;
// without, only a rotation leaves a gap for it. In a pipeline there is one.
bool KeepsAttention(const Layer& layer, const Stage& stage) {
  const bool rotates = stage.pass.layout.key_type->block_elements > 1;
  return layer.widths.is_parallel && stage.around.feed != Feed::kPipeline &&
         (layer.widths.is_gated ? rotates || layer.window_tokens > 0
                                : !rotates);
}

// Gate, value and their product, or the one hidden result of a network without
// a gate: 3 · width, 1 · width. With several residual streams, all of them in
// place of three copies of one. Behind a scan the states that the next layer
// reads have been gathered already and split the room of one residual.
Bytes FeedForward(const Layer& layer, const Stage& stage) {
  const LayerWidths& widths = layer.widths;
  if (widths.feed_forward == 0) return Bytes();
  const bool behind_scan = layer.kind == LayerKind::kRecurrent &&
                           widths.recurrent.kind == Recurrence::kMamba2;
  const int64_t copies = (KeepsAttention(layer, stage) ? 1 : 0) +
                         std::max<int64_t>(widths.streams - 3, 0) +
                         (behind_scan ? 1 : 0);
  const bool rotates = stage.pass.layout.key_type->block_elements > 1;
  return stage.Holding((widths.is_gated ? 3 : 1) * widths.feed_forward +
                       copies * stage.embedding_elements +
                       LayerInputs(widths, rotates ? 0 : widths.feed_forward));
}

// The same for each expert that is used: 3 · k · width. Their results, k ·
// embedding, take the place of gate and value if they fit there. Where the
// inputs are weighted instead, each expert has a copy of its own. Gate and
// value that come out of one tensor leave room for three copies of the residual
// stream; without any gate the hidden results are still read.
int64_t ExpertElements(const LayerWidths& widths, int64_t embedding_elements) {
  const int64_t hidden = widths.experts_used * widths.expert_feed_forward;
  const int64_t results = widths.experts_used * embedding_elements;
  if (widths.experts_fused) {
    return std::max(3 * hidden, 2 * results - 2 * embedding_elements);
  }
  if (!widths.has_gated_experts) return hidden + results;
  return 3 * hidden + (results > 2 * hidden ? results : 0) +
         (widths.weighs_expert_inputs ? results : 0);
}

// Where more of the residual stream was handed over than the four that are in
// use, the gate goes there if it fits. Then only the place of the value is left
// for the results.
int64_t ExpertElements(const LayerWidths& widths, const Stage& stage) {
  const int64_t embedding = stage.embedding_elements;
  const int64_t hidden = widths.experts_used * widths.expert_feed_forward;
  const int64_t results = widths.experts_used * embedding;
  const bool fits = stage.IsHandedOver() && widths.has_gated_experts &&
                    !widths.experts_fused &&
                    hidden <= (stage.around.residuals - 4) * embedding;
  return fits ? 2 * hidden + (results > hidden ? results : 0)
              : ExpertElements(widths, embedding);
}

// Of experts on another device only the results arrive, to be added up.
Bytes Experts(const LayerGroup& group, const Stage& stage) {
  const LayerWidths& widths = group.layer->widths;
  if (widths.expert_feed_forward == 0) return Bytes();
  const int64_t elements = group.has_experts
                               ? ExpertElements(widths, stage)
                               : widths.experts_used * stage.embedding_elements;
  return stage.Holding(elements + LayerInputs(widths, 0));
}

// Results from another device have come before.
Bytes SharedExperts(const LayerGroup& group, const Stage& stage) {
  const int64_t hidden = 3 * group.layer->widths.shared_feed_forward;
  if (hidden == 0) return Bytes();
  return stage.Holding(hidden +
                       (group.has_experts ? 0 : stage.embedding_elements));
}

// Queries before and after rotation: those that are wider than the embedding
// find no room in what the residual stream leaves. A gate that is projected
// with them stays until the end, and so do they. Behind another device they
// always take room twice, but for what was handed over beyond two residuals;
// of that at least one is filled.
int64_t Queries(const LayerWidths& widths, const Stage& stage) {
  const int64_t embedding = stage.embedding_elements;
  const bool twice = widths.is_rotated && widths.query > embedding;
  if (!stage.IsHandedOver()) {
    return (twice ? 2 : 1) * widths.query + widths.query_gate;
  }
  const bool keeps_queries =
      stage.pass.flash_attention && widths.query_gate > 0;
  return std::max((keeps_queries ? 3 : 2) * widths.query + widths.query_gate -
                      (stage.around.residuals - 2) * embedding,
                  embedding);
}

// With flash attention the scores never exist as a whole. An F32 cache is
// converted to F16 for it, all cells at once; beside queries with a gate, which
// stay, there is no room for what the heads give then.
Bytes FlashAttention(const Layer& layer, const Stage& stage) {
  const CacheLayout& layout = stage.pass.layout;
  const int64_t cells = CellsPerStream(layer, layout) * layout.stream_count;
  const int64_t converted =
      (layout.key_type->name == "F32" ? layer.key_elements : 0) +
      (layout.value_type->name == "F32" ? layer.value_elements : 0);
  const bool keeps_gate =
      converted > 0 && layer.widths.query_gate > 0 && !stage.IsHandedOver();
  return stage.Holding(Queries(layer.widths, stage) +
                       (keeps_gate ? layer.widths.output : 0) +
                       LayerInputs(layer.widths, layer.widths.query)) +
         cells * Stage::Halves(converted);
}

// Without it: the scores of all heads over all cells, beside the queries.
Bytes PlainAttention(const Layer& layer, const Stage& stage) {
  const int64_t scores =
      layer.widths.query_heads * CellsPerStream(layer, stage.pass.layout);
  return stage.Holding(scores + Queries(layer.widths, stage) +
                       LayerInputs(layer.widths, layer.widths.query));
}

// Attention to chosen cells alone makes a mask of its own for each layer, F32.
// It takes the place of the queries before they were widened if it fits there;
// else it comes on top, or what would have taken that place does.
int64_t ChosenCells(const Layer& layer, int64_t cells) {
  const LayerWidths& widths = layer.widths;
  const int64_t rotated =
      widths.query_heads * (layer.key_elements - widths.latent);
  const bool fits = cells <= widths.unlatent - rotated;
  return widths.index_top == 0 || fits ? 0 : std::max(cells, widths.output);
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
    return stage.Holding(queries + ChosenCells(layer, cells));
  }
  const Bytes values =
      layout.stream_count * (cells * Stage::Halves(widths.latent));
  const Bytes room =
      stage.pass.token_count * Stage::Floats(widths.output + widths.unlatent);
  return stage.Holding(queries + scores) +
         (widths.is_rotated || values > room ? values : Bytes());
}

// A feed-forward part behind a scan leaves the residual stream where the next
// scan finds no room for it.
Bytes Recurrent(const Layer& layer, const Stage& stage) {
  const RecurrentWidths& widths = layer.widths.recurrent;
  const bool is_broken =
      stage.IsHandedOver() && widths.kind == Recurrence::kMamba2 &&
      layer.widths.feed_forward + layer.widths.expert_feed_forward > 0;
  return stage.Holding(is_broken ? stage.embedding_elements : 0) +
         RecurrentBuffer(layer, stage.pass);
}

Bytes LayerStage(const LayerGroup& group, const Stage& stage) {
  const Layer& layer = *group.layer;
  Bytes widest;
  if (stage.around.feeds_forward) {
    widest = std::max({FeedForward(layer, stage), Experts(group, stage),
                       SharedExperts(group, stage)});
  }
  widest = std::max(widest, Recurrent(layer, stage));
  if (layer.kind == LayerKind::kLatentAttention) {
    return std::max(widest, LatentAttention(layer, stage));
  }
  if (layer.key_elements == 0) return widest;
  return std::max(widest, stage.pass.flash_attention
                              ? FlashAttention(layer, stage)
                              : PlainAttention(layer, stage));
}

}  // namespace

Pass PassOf(const EngineOptions& options) {
  const int64_t slots = options.slot_count;
  const int64_t tokens =
      std::min(options.micro_batch_size, options.sequence_length * slots);
  return {.layout = CacheLayoutOf(options),
          .token_count = (tokens + slots - 1) / slots * slots,
          .output_count = slots,
          .kept_output_count = slots * options.outputs_per_slot,
          .flash_attention = options.flash_attention != FlashAttention::kOff};
}

Bytes KeptOutputs(int64_t vocabulary_size, int64_t embedding_elements,
                  const Pass& pass) {
  return pass.kept_output_count *
         Stage::Floats(vocabulary_size + embedding_elements);
}

Bytes ComputeBuffer(absl::Span<const LayerGroup> layers,
                    int64_t embedding_elements, int64_t vocabulary_size,
                    const Surroundings& around, const Pass& pass) {
  const Stage stage{
      .embedding_elements = embedding_elements, .around = around, .pass = pass};
  Bytes widest =
      stage.Holding(0) + pass.output_count * Stage::Floats(vocabulary_size);
  for (const LayerGroup& group : layers) {
    widest = std::max(widest, LayerStage(group, stage));
  }
  const PassInputs inputs =
      InputsOf(around.told.empty() ? layers : around.told, pass);
  return std::max(widest + around.input_copies() * inputs.sum +
                      IndexConstants(layers, pass),
                  vocabulary_size > 0
                      ? KeptOutputs(vocabulary_size, embedding_elements, pass)
                      : Bytes());
}

Bytes InputBuffer(absl::Span<const LayerGroup> layers,
                  int64_t embedding_elements, const Surroundings& around,
                  const Pass& pass) {
  Bytes rotations;  // Of layers with a window and of others.
  for (const bool is_windowed : {false, true}) {
    const auto group = absl::c_find_if(layers, [&](const LayerGroup& known) {
      return known.layer->key_elements > 0 &&
             (known.layer->window_tokens > 0) == is_windowed;
    });
    if (group == layers.end()) continue;
    rotations +=
        KeyRotation(*group->layer, pass) + ResultRotation(*group->layer, pass);
  }
  const int64_t layer_inputs =
      layers.empty() ? 0 : layers.front().layer->widths.layer_inputs;
  return pass.token_count *
             Stage::Floats(around.residuals * embedding_elements +
                           layer_inputs) +
         around.input_copies() * (InputsOf(layers, pass).sum + rotations);
}

// Found, as the stages were, by comparing with libllama. Beside the experts'
// results there are two of the residual stream, one of them weighted for each
// expert where inputs are; and the masks. Those are free once the GPU has its
// copies: hidden results find room in the largest if they fit.
Bytes HostExpertsBuffer(absl::Span<const LayerGroup> expert_layers,
                        absl::Span<const LayerGroup> layers,
                        int64_t embedding_elements, const Surroundings& around,
                        const Pass& pass) {
  Bytes widest = InputBuffer(layers, embedding_elements, around, pass);
  const PassInputs inputs = InputsOf(layers, pass);
  for (const LayerGroup& group : expert_layers) {
    const LayerWidths& widths = group.layer->widths;
    const int64_t residuals = widths.weighs_expert_inputs ? 1 : 2;
    const Bytes hidden =
        pass.token_count *
        Stage::Floats(widths.experts_used * widths.expert_feed_forward);
    const int64_t fitting = std::min<int64_t>(
        inputs.largest_mask.count() / std::max<int64_t>(hidden.count(), 1), 3);
    widest = std::max(
        widest,
        inputs.sum - fitting * hidden +
            pass.token_count *
                Stage::Floats(ExpertElements(widths, embedding_elements) +
                              residuals * embedding_elements));
  }
  return widest;
}

Bytes OutputBuffer(int64_t vocabulary_size, const Pass& pass) {
  return pass.kept_output_count * (vocabulary_size * Bytes(sizeof(float)));
}

}  // namespace hwledger
