#include "core/planner/rehearsed_pass.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "core/planner/rehearsed_attention.h"
#include "core/planner/rehearsed_latent_attention.h"
#include "core/planner/rehearsed_network.h"
#include "core/planner/rehearsed_recurrence.h"
#include "core/planner/rehearsed_rwkv.h"

namespace hwledger {
namespace {

// Of the states between layers, and of the steps from one to another.
constexpr size_t kUsual = 8;

bool IsShortConvolution(const Layer& layer) {
  return layer.widths.recurrent.kind == Recurrence::kShortConvolution;
}

bool HasExperts(const Layer& layer) {
  return layer.widths.expert_feed_forward > 0;
}

}  // namespace

RehearsedPass::RehearsedPass(const ModelShape& model, const RehearsedPart& part,
                             const Pass& pass)
    : part_(part),
      all_(model.layers),
      embedding_(model.embedding_elements),
      layer_inputs_(part.layers.front().widths.layer_inputs),
      layers_(part.layers),
      pass_(pass),
      detour_(DetourOf(part.layers, part.behind, pass)),
      results_(pass.token_count),
      inputs_(part, pass) {
  known_.reserve(kUsual);
  steps_.reserve(kUsual);
}

bool RehearsedPass::Go(size_t index, bool has_experts, bool is_last) {
  if (known_.empty()) now_ = NumberOfNow();
  const size_t turn = part_.turns[index];
  const auto known = absl::c_find_if(steps_, [&](const Step& step) {
    return step.turn == turn && step.from == now_;
  });
  if (known != steps_.end()) {
    return std::exchange(now_, known->to) != known->to;
  }
  Now() = known_[now_];
  GoThrough(index, has_experts, is_last);
  peak_ = std::max(peak_, results_.peak());
  const size_t from = std::exchange(now_, NumberOfNow());
  steps_.push_back({.turn = turn, .from = from, .to = now_});
  return now_ != from;
}

void RehearsedPass::GoThrough(size_t index, bool has_experts, bool is_last) {
  if (Mixes(layers_[index])) return Mix(index, is_last);
  const LayerWidths& widths = layers_[index].widths;
  const bool is_first_own = index > 0 && index == part_.host_layers;
  if (is_first_own) inputs_.TakeAll(results_);
  if (widths.query > 0) Attend(index, is_last);
  if (Remembers(layers_[index])) Remember(index, is_last);
  if (widths.feed_forward + widths.expert_feed_forward > 0) {
    FeedForward(index, has_experts, is_last);
  }
}

size_t RehearsedPass::NumberOfNow() {
  const auto known = absl::c_find(known_, Now());
  const auto number = static_cast<size_t>(known - known_.begin());
  if (known == known_.end()) known_.emplace_back(Now());
  return number;
}

void RehearsedPass::TakeLogits(int64_t vocabulary_size) {
  Take(embedding_);
  Take(vocabulary_size);
}

// Of that of `layers` which is gathered first, if one is.
void RehearsedPass::GatherFirst(absl::Span<const Layer> layers) {
  const Layer* layer = GatheredFirst(layers);
  if (layer == nullptr) return;
  states_ = results_.TakeBytes(GatheredStates(*layer, pass_));
  if (Mixes(*layer)) {
    matrices_ = results_.TakeBytes(GatheredMatrices(*layer, pass_));
  }
}

// For the next layer that remembers a state: when all in front of it has been
// added to the graph but for what nothing was stored of.
void RehearsedPass::GatherBehind(size_t index) {
  GatherFirst(layers_.subspan(index + 1));
}

// Makes something else of `block`, so many elements, unless that is the detour
// to the device behind. In a pipeline there is room for what comes back.
void RehearsedPass::MakeAtEnd(size_t index, int64_t elements, Block& block) {
  if (&layers_[index] != detour_.layer) {
    results_.Replace(block, elements);
    return;
  }
  Free(block);
  if (!is_pipelined_) block = results_.TakeBytes(detour_.back);
}

RehearsedPass::Block RehearsedPass::Normed(const Layer& layer) {
  const Block normed = std::exchange(normed_, Block{});
  const bool is_there = normed.size > Bytes() || layer.widths.is_post_normed;
  return is_there ? normed : Take(embedding_);
}

// What the heads gave, back to the width of the residual stream.
void RehearsedPass::Project(size_t index, Block& heads) {
  const Layer& layer = layers_[index];
  if (RotatesResult(layer, pass_)) {
    MakeAtEnd(index, layer.widths.output, heads);
    inputs_.FreeRotation(layer, results_);
  }
  results_.ReplaceByProduct(heads, part_.CopiesOf(index).output, embedding_);
}

// The last layer goes on with those tokens alone whose logits are wanted.
void RehearsedPass::SelectOutputs(Block& result) {
  results_.GoOnWith(pass_.output_count);
  results_.Replace(result, embedding_);
  results_.Replace(stream_, embedding_);
  inputs_.FreeOutputs(results_);
}

// What a part of a layer gave to the stream.
void RehearsedPass::Add(Block& result, bool in_stream) {
  if (selected_.size > Bytes() && scaled_.size == Bytes()) {
    scaled_ = std::exchange(stream_, Block{});
  }
  const bool keeps_stream = in_stream && stream_.size > Bytes();
  Free(keeps_stream ? result : stream_);
  if (!keeps_stream) stream_ = result;
}

// Leaves the result in the stream, or beside it.
void RehearsedPass::Attend(size_t index, bool is_last) {
  const Layer& layer = layers_[index];
  const LayerWidths& widths = layer.widths;
  Block normed = Normed(layer);
  const CacheOrder order =
      part_.has_windows ? CacheOrder::kKeysFirst : CacheOrder::kValuesFirst;
  const bool is_host_layer = index < part_.host_layers;
  const auto take_positions = [&] { inputs_.TakePositions(layer, results_); };
  const auto take_rotation = [&] { inputs_.TakeRotation(layer, results_); };
  const auto take_mask = [&] { inputs_.Take(layer, results_); };
  const HandedLayer handed = {.copies = part_.CopiesOf(index),
                              .copies_early = part_.has_tables && index > 0,
                              .take_positions = take_positions,
                              .take_rotation = take_rotation,
                              .take_mask = take_mask};
  Block result =
      layer.key_elements == 0 ? AttendToShared(index, normed)
      : layer.kind == LayerKind::kLatentAttention
          ? RehearseLatentHeads(layer, pass_, normed, results_)
          : RehearseHeads(layer, order, is_host_layer ? &handed : nullptr,
                          pass_, normed, results_);
  inputs_.Free(layer, results_);
  if (layer.kind == LayerKind::kHybrid) {
    Free(normed);
    attended_ = result;
    return;
  }
  if (!HasExperts(layer)) GatherBehind(index);
  if (!widths.projects_late) Project(index, result);
  if (is_last) SelectOutputs(result);
  normed_ = normed;
  if (widths.is_parallel || widths.projects_late) {
    attended_ = result;
  } else {
    Add(result, part_.adds_in_stream);
  }
}

void RehearsedPass::Remember(size_t index, bool is_last) {
  const Layer& layer = layers_[index];
  // Beside attention, which is projected when the states are stored (llama.cpp:
  // src/models/falcon-h1.cpp).
  const bool is_beside = layer.kind == LayerKind::kHybrid;
  if (is_beside) states_ = results_.TakeBytes(GatheredStates(layer, pass_));
  Block normed = Normed(layer);
  const auto gather_next = [&] {
    inputs_.FreePlacesOfStates(layer, results_);
    if (is_beside) return Project(index, attended_);
    if (!HasExperts(layer)) GatherBehind(index);
  };
  const auto make_gate = [&](Block& projected) {
    MakeAtEnd(index, layer.widths.recurrent.inner, projected);
  };
  Block result =
      IsShortConvolution(layer)
          ? RehearseConvolution(layer, embedding_, pass_, gather_next, normed,
                                states_, results_)
          : RehearseScan(layer, embedding_, pass_, gather_next, make_gate,
                         normed, states_, results_);
  if (is_beside) {
    Free(result);
    result = std::exchange(attended_, Block{});
  }
  if (is_last) SelectOutputs(result);
  Add(result, part_.adds_in_stream);
}

void RehearsedPass::FeedForward(size_t index, bool has_experts, bool is_last) {
  const Layer& layer = layers_[index];
  const LayerWidths& widths = layer.widths;
  Block normed = Normed(layer);
  const LayerMatrices copies = part_.CopiesOf(index);
  const Network dense = {.width = widths.feed_forward,
                         .is_gated = widths.is_gated,
                         .is_fused = widths.has_fused_gate,
                         .gate = copies.gate,
                         .up = copies.up,
                         .down = copies.down};
  Block result = HasExperts(layer)
                     ? Experts(index, normed, has_experts)
                     : RehearseNetwork(dense, embedding_, normed, results_);
  if (HasExperts(layer) && dense.width > 0) {
    Block own = Take(embedding_);
    Block beside = RehearseNetwork(dense, embedding_, own, results_);
    Free(beside);
  }
  if (widths.adds_stream_early) Free(stream_);
  if (widths.projects_late) Project(index, attended_);
  Free(attended_);
  const bool is_alone = widths.query == 0 && !Remembers(layer);
  if (is_last && is_alone) SelectOutputs(result);
  Add(result, part_.feeds_stream);
  if (layer_inputs_ > 0) TellLayer(index);
}

// Inputs of the next layer's attention come with what the host gave.
RehearsedPass::Block RehearsedPass::Experts(size_t index, Block& normed,
                                            bool has_experts) {
  const Layer& layer = layers_[index];
  const auto take_inputs = [&] {
    if (index + 1 < layers_.size()) inputs_.Take(layers_[index + 1], results_);
  };
  absl::FunctionRef<void()> come_back = take_inputs;
  const LayerMatrices copies = part_.CopiesOf(index);
  const bool goes_through = has_experts || !part_.copies.empty();
  const Block result =
      RehearseExperts(layer, copies, embedding_,
                      goes_through ? nullptr : &come_back, normed, results_);
  GatherBehind(index);
  const int64_t shared_width = layer.widths.shared_feed_forward;
  if (shared_width > 0) {
    const Network network = {.width = shared_width,
                             .is_gated = layer.widths.has_gated_experts,
                             .gate = copies.shared_gate,
                             .up = copies.shared_up,
                             .down = copies.shared_down};
    Block shared = RehearseNetwork(network, embedding_, normed, results_);
    Free(shared);
  }
  return result;
}

}  // namespace hwledger
