#include <utility>

#include "absl/types/span.h"
#include "core/planner/detour.h"
#include "core/planner/handover.h"
#include "core/planner/rehearsed_attention.h"
#include "core/planner/rehearsed_pass.h"

namespace hwledger {

void RehearsedPass::StartOnHost() {
  Take(embedding_);
  Block images = Take(embedding_);
  inputs_.TakeAll(results_);
  inputs_.Keep();
  TakeSelected();
  stream_ = Take(embedding_);
  Block mixed = Take(embedding_);
  Take(embedding_);
  Free(images);
  Free(mixed);
  GatherFirst(layers_);
}

void RehearsedPass::StartWithTokens(bool has_position_table) {
  if (has_position_table) {
    stream_ = Take(embedding_);
    Block positions = Take(embedding_);
    inputs_.TakeAll(results_);
    Free(positions);
    return;
  }
  Block images = Take(embedding_);
  Block mixed = Take(embedding_);
  Block places = results_.TakeBytes(pass_.token_count * Bytes(8));
  if (GathersAtOnce(layers_.front())) inputs_.TakePlacesOfStates(results_);
  stream_ = Take(embedding_);
  // Each product with a copy has inputs of its own.
  const bool waits = part_.host_layers > 0;
  if (!waits) inputs_.Take(layers_.front(), results_);
  TakeSelected();
  if (!waits) inputs_.TakeAll(results_);
  Take(embedding_);
  Free(images);
  Free(mixed);
  Free(places);
  GatherFirst(layers_);
}

void RehearsedPass::StartBehindHost(bool has_all_experts) {
  const Layer& before = part_.before.back();
  const LayerWidths& widths = before.widths;
  if (GatheredFirst(layers_) != nullptr) {
    if (widths.expert_feed_forward > 0) return StartAmidExperts(before);
    const Layer* stored = LastThatStores(part_.before);
    const bool attends = stored != nullptr && stored->widths.query > 0;
    attends ? AttendForHost(*stored) : TakeDetour();
  }
  if (Mixes(before)) return TakeChannelMix(before);
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
  if (layer_inputs_ == 0) inputs_.Take(layers_.front(), results_);
  if (has_all_experts) TakeInputs();
  if (EndsWithExperts(widths)) stream_ = Take(embedding_);
  Free(experts);
  Free(weights);
  if (EndsWithExperts(widths) && part_.feeds_stream) std::swap(stream_, others);
  Free(others);
}

void RehearsedPass::StartBehindGpu(bool has_all_experts) {
  if (GatheredFirst(layers_) != nullptr) TakeDetour();
  const bool is_normed = !layers_.front().widths.is_post_normed;
  if (is_normed) {
    normed_ = Take(embedding_);
    inputs_.Take(layers_.front(), results_);
  }
  TakeFirstValues();
  stream_ = Take(embedding_);
  if (!is_normed) inputs_.Take(layers_.front(), results_);
  if (has_all_experts) TakeInputs();
}

void RehearsedPass::StartInPipeline(int64_t streams) {
  is_pipelined_ = true;
  const bool has_tokens = part_.before.empty();
  const Detour detour = DetourOf(part_.before, layers_, pass_);
  for (int64_t copy = 0; copy < kPipelineCopies; ++copy) {
    Take(streams * embedding_);
    results_.TakeBytes(detour.there + detour_.back);
    if (!has_tokens) TakeFirstValues();
    inputs_.Repeat();
    has_tokens ? TakeSelected() : TakeInputs();
    inputs_.TakeAll(results_);
  }
  inputs_.Keep();
  handed_.clear();
  first_values_ = {};
  if (has_tokens && streams > 2) Take(embedding_);
  if (has_tokens && layer_inputs_ > 0) stream_ = Take(embedding_);
  GatherFirst(layers_);
  Block made = results_.TakeBytes(detour.between + detour.back);
  Free(made);
}

// Where the first layer remembers a state, its states are gathered while the
// host is between the routed experts of the layer before and the shared ones,
// if there are some. What the routed ones gave is added up here.
void RehearsedPass::StartAmidExperts(const Layer& before) {
  const LayerWidths& widths = before.widths;
  const bool has_shared = widths.shared_feed_forward > 0;
  Block residual;
  const auto take_rest = [&] {
    residual = Take(embedding_);
    inputs_.TakeAll(results_);
  };
  Block experts = Take(widths.experts_used * embedding_);
  Block weights = Take(widths.experts_used);
  inputs_.TakePlacesOfStates(results_);
  if (!has_shared) take_rest();
  Free(weights);
  Block sum = Take(embedding_);
  Free(experts);
  GatherFirst(layers_);
  Block shared = Take(has_shared ? embedding_ : 0);
  if (has_shared) take_rest();
  Free(shared);
  Free(part_.adds_in_stream ? sum : residual);
  stream_ = part_.adds_in_stream ? residual : sum;
}

// Where the first layer remembers a state, its states are gathered while the
// layer before is without its end.
void RehearsedPass::TakeDetour() {
  const Detour detour = DetourOf(part_.before, layers_, pass_);
  inputs_.TakePlacesOfStates(results_);
  Block there = results_.TakeBytes(detour.there);
  GatherFirst(layers_);
  const bool has_between = detour.between > Bytes();
  Block made = results_.TakeBytes(has_between ? detour.between : detour.back);
  Free(there);
  Free(made);
}

// The same behind attention on the host. As nothing is multiplied with weights
// in it, it is done here itself (ggml: ggml_backend_sched_split_graph, "expand
// gpu up").
void RehearsedPass::AttendForHost(const Layer& before) {
  Block heads = RehearseHandedHeads(
      before, pass_, [&] { inputs_.Take(before, results_); }, results_);
  inputs_.TakePlacesOfStates(results_);
  inputs_.Free(before, results_);
  GatherFirst(layers_);
  if (RotatesResult(before, pass_)) {
    results_.Replace(heads, before.widths.output);
    inputs_.FreeRotation(before, results_);
  }
  Free(heads);
}

}  // namespace hwledger
