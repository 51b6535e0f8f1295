#include "core/planner/rehearsal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/planner/dry_results.h"
#include "core/planner/handover.h"
#include "core/planner/rehearsal_inputs.h"
#include "core/planner/rehearsed_attention.h"
#include "core/planner/rehearsed_network.h"

namespace hwledger {
namespace {

using Block = DryResults::Block;

// A pattern of layers repeats itself within as many; those that follow find the
// heap as they did.
constexpr size_t kLayersEnough = 12;

bool IsKnown(const Layer& layer) {
  const LayerWidths& widths = layer.widths;
  return layer.kind != LayerKind::kLatentAttention &&
         widths.recurrent.kind == Recurrence::kNone && widths.index_top == 0 &&
         widths.layer_inputs == 0 && widths.streams == 0 &&
         widths.query_gate == 0 &&
         (layer.key_elements == 0 || widths.query_heads > 0);
}

// One pass through `layers`, which are all on one GPU. All results are F32.
class Rehearsal {
 public:
  Rehearsal(const ModelShape& model, absl::Span<const Layer> layers,
            const Pass& pass)
      : embedding_(model.embedding_elements),
        has_windows_(absl::c_any_of(model.layers, RehearsalInputs::IsWindowed)),
        layers_(layers),
        pass_(pass),
        results_(pass.token_count),
        inputs_(layers, pass) {}

  // The ways by which a GPU comes by the residual stream. Inputs of attention
  // come along, in the order of the layers.

  // From the host, which has embedded the tokens: the embeddings that images
  // have, in two steps, and those of tokens. The former are merged into a copy
  // that text has no use for. Where positions have embeddings too, the host
  // merges, and they are added here.
  void StartWithTokens(bool has_position_table) {
    if (has_position_table) {
      stream_ = Take(embedding_);
      Block positions = Take(embedding_);
      inputs_.TakeAll(results_);
      Free(positions);
      return;
    }
    Block images = Take(embedding_);
    Block mixed = Take(embedding_);
    stream_ = Take(embedding_);
    inputs_.TakeAll(results_);
    Take(embedding_);
    Free(images);
    Free(mixed);
  }

  // From the host, behind a layer of these widths, whose results are not added
  // up yet.
  void StartBehindHost(const LayerWidths& widths, bool has_all_experts) {
    Block experts;
    Block weights;
    Block others;
    if (EndsWithExperts(widths)) {
      experts = Take(widths.experts_used * embedding_);
      weights = Take(widths.experts_used);
      others = Take(embedding_);
    } else {
      stream_ = Take(embedding_);
      others = Take((ResidualsFromHost(widths) - 1) * embedding_);
    }
    inputs_.Take(layers_.front(), results_);
    if (has_all_experts) inputs_.TakeAll(results_);
    if (EndsWithExperts(widths)) stream_ = Take(embedding_);
    Free(experts);
    Free(weights);
    Free(others);
  }

  // From another GPU, which has normed it already, unless norms stand behind.
  void StartBehindGpu(bool has_all_experts) {
    const bool is_normed = !layers_.front().widths.is_post_normed;
    if (is_normed) {
      normed_ = Take(embedding_);
      inputs_.Take(layers_.front(), results_);
    }
    stream_ = Take(embedding_);
    if (!is_normed) inputs_.Take(layers_.front(), results_);
    if (has_all_experts) inputs_.TakeAll(results_);
  }

  // From either, for several micro-batches at once, of which all inputs stay.
  void StartInPipeline(int64_t streams) {
    for (int64_t copy = 0; copy < kPipelineCopies; ++copy) {
      Take(streams * embedding_);
      inputs_.Repeat();
      inputs_.TakeAll(results_);
    }
    inputs_.Keep();
  }

  void Go(size_t index, bool has_experts, bool is_last) {
    const Layer& layer = layers_[index];
    next_ = index + 1 < layers_.size() ? &layers_[index + 1] : nullptr;
    if (layer.widths.query > 0) Attend(layer, is_last);
    if (layer.widths.feed_forward + layer.widths.expert_feed_forward > 0) {
      FeedForward(layer, has_experts);
    }
  }

  void TakeLogits(int64_t vocabulary_size) {
    Take(embedding_);
    Take(vocabulary_size);
  }

  Bytes peak() const { return results_.peak(); }

 private:
  Block Take(int64_t elements_per_token) {
    return results_.Take(elements_per_token);
  }
  void Free(Block& block) { results_.Free(block); }

  void Project(Block& heads, const Layer& layer) {
    RehearseProjection(layer, embedding_, pass_, heads, results_);
  }

  // The last layer goes on with those tokens alone whose logits are wanted.
  void SelectOutputs(Block& result) {
    results_.GoOnWith(pass_.output_count);
    results_.Replace(result, embedding_);
    results_.Replace(stream_, embedding_);
  }

  // Leaves the result in the stream, or beside it.
  void Attend(const Layer& layer, bool is_last) {
    const LayerWidths& widths = layer.widths;
    Block normed = std::exchange(normed_, Block{});
    if (normed.size == Bytes() && !widths.is_post_normed) {
      normed = Take(embedding_);
    }
    Block result = RehearseHeads(
        layer, has_windows_ ? CacheOrder::kKeysFirst : CacheOrder::kValuesFirst,
        pass_, normed, results_);
    inputs_.Free(layer, results_);
    if (!widths.projects_late) Project(result, layer);
    if (is_last) SelectOutputs(result);
    normed_ = normed;
    if (widths.is_parallel || widths.projects_late) {
      attended_ = result;
    } else {
      Free(stream_);
      stream_ = result;
    }
  }

  void FeedForward(const Layer& layer, bool has_experts) {
    const LayerWidths& widths = layer.widths;
    Block normed = std::exchange(normed_, Block{});
    if (normed.size == Bytes() && !widths.is_post_normed) {
      normed = Take(embedding_);
    }
    const Network dense = {.width = widths.feed_forward,
                           .is_gated = widths.is_gated,
                           .is_fused = widths.has_fused_gate};
    Block result = widths.expert_feed_forward > 0
                       ? Experts(layer, normed, has_experts)
                       : RehearseNetwork(dense, embedding_, normed, results_);
    if (widths.expert_feed_forward > 0 && dense.width > 0) {
      Block own = Take(embedding_);
      Block beside = RehearseNetwork(dense, embedding_, own, results_);
      Free(beside);
    }
    if (widths.adds_stream_early) Free(stream_);
    if (widths.projects_late) Project(attended_, layer);
    Free(attended_);
    Free(stream_);
    stream_ = result;
  }

  // Inputs of the next layer's attention come with what the host gave.
  Block Experts(const Layer& layer, Block& normed, bool has_experts) {
    const auto take_inputs = [this] {
      if (next_ != nullptr) inputs_.Take(*next_, results_);
    };
    absl::FunctionRef<void()> come_back = take_inputs;
    const Block result =
        RehearseExperts(layer, embedding_, has_experts ? nullptr : &come_back,
                        normed, results_);
    const int64_t shared_width = layer.widths.shared_feed_forward;
    if (shared_width > 0) {
      Block shared = RehearseNetwork({.width = shared_width, .is_gated = true},
                                     embedding_, normed, results_);
      Free(shared);
    }
    return result;
  }

  const int64_t embedding_;
  const bool has_windows_;
  const absl::Span<const Layer> layers_;
  const Pass& pass_;
  DryResults results_;
  RehearsalInputs inputs_;
  Block stream_;
  Block normed_;    // The stream, for what comes next, if it is there already.
  Block attended_;  // What attention gave, if it is not in the stream yet.
  const Layer* next_ = nullptr;
};

}  // namespace

std::optional<Bytes> RehearsedBuffer(const ModelShape& model,
                                     const Placement& placement, int64_t device,
                                     bool is_pipelined, const Pass& pass) {
  const absl::Span<const Layer> all = ComputedLayers(model);
  const auto places = absl::MakeConstSpan(placement.layers).first(all.size());
  const auto first =
      static_cast<size_t>(absl::c_find(places, device) - places.begin());
  const absl::Span<const Layer> layers =
      all.subspan(first, static_cast<size_t>(absl::c_count(places, device)));
  if (layers.empty() || !absl::c_all_of(layers, IsKnown)) return std::nullopt;
  const bool has_all_experts =
      static_cast<int64_t>(first) >= placement.host_expert_layers;
  Rehearsal rehearsal(model, layers, pass);
  if (is_pipelined) {
    const bool is_normed = !layers.front().widths.is_post_normed;
    const int64_t from_tokens = model.has_position_table ? 2 : 3;
    rehearsal.StartInPipeline(first == 0 ? from_tokens : is_normed ? 2 : 1);
  } else if (first == 0) {
    rehearsal.StartWithTokens(model.has_position_table);
  } else if (IsBehindHost(model, placement, first)) {
    rehearsal.StartBehindHost(model.layers[first - 1].widths, has_all_experts);
  } else {
    rehearsal.StartBehindGpu(has_all_experts);
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const bool is_new =
        i < kLayersEnough || !(layers[i].widths == layers[i - 1].widths);
    if (!is_new && i + 2 < layers.size()) continue;
    const auto layer = static_cast<int64_t>(first + i);
    rehearsal.Go(i, placement.ExpertsOf(layer) == device,
                 first + i + 1 == all.size());
  }
  if (placement.output != device) return rehearsal.peak();
  rehearsal.TakeLogits(model.vocabulary_size);
  return std::max(
      rehearsal.peak(),
      KeptOutputs(model.vocabulary_size, model.embedding_elements, pass));
}

}  // namespace hwledger
