#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/detour.h"
#include "core/planner/dry_results.h"
#include "core/planner/rehearsal_inputs.h"

namespace hwledger {

// One pass through layers that are all on one GPU, in libllama's order. All
// results are F32. Starts in one of four ways, then goes through the layers.
class RehearsedPass {
 public:
  // `behind` is computed after them by another GPU; null: they are the last.
  // All outlive the pass.
  RehearsedPass(const ModelShape& model, absl::Span<const Layer> layers,
                const Layer* behind, const Pass& pass);

  // The ways by which a GPU comes by the residual stream. Inputs of attention
  // come along, in the order of the layers.

  // From the host, which has embedded the tokens: the embeddings that images
  // have, in two steps, and those of tokens. The former are merged into a copy
  // that text has no use for. Where positions have embeddings too, the host
  // merges, and they are added here.
  void StartWithTokens(bool has_position_table);
  // From the host, behind this layer, whose results are not added up yet.
  void StartBehindHost(const Layer& before, bool has_all_experts);
  // From another GPU, which has normed it already, unless norms stand behind.
  void StartBehindGpu(const Layer& before, bool has_all_experts);
  // From either, for several micro-batches at once, of which all inputs stay.
  // `before` is null where the GPU starts with tokens, which has so many
  // inputs of the stream's width.
  void StartInPipeline(const Layer* before, int64_t streams);

  void Go(size_t index, bool has_experts, bool is_last);
  void TakeLogits(int64_t vocabulary_size);

  Bytes peak() const { return results_.peak(); }

 private:
  using Block = DryResults::Block;

  Block Take(int64_t elements_per_token) {
    return results_.Take(elements_per_token);
  }
  void Free(Block& block) { results_.Free(block); }

  // In rehearsed_start.cc, as the ways to start are.
  void StartAmidExperts(const Layer& before);
  void TakeDetour(const Layer& before);
  void AttendForHost(const Layer& before);

  void Gather(const Layer& layer);
  void GatherBehind(size_t index);
  void MakeAtEnd(size_t index, int64_t elements, Block& block);
  Block Normed(const Layer& layer);
  void Project(size_t index, Block& heads);
  void SelectOutputs(Block& result);
  void Add(Block& result);
  void Attend(size_t index, bool is_last);
  void Remember(size_t index, bool is_last);
  void FeedForward(size_t index, bool has_experts, bool is_last);
  Block Experts(size_t index, Block& normed, bool has_experts);

  const int64_t embedding_;
  const bool has_windows_;
  // What the parts give is added where the stream is, and not the stream where
  // that is (llama.cpp: src/models/lfm2.cpp, mamba.cpp).
  const bool adds_in_stream_;
  const absl::Span<const Layer> layers_;
  const Pass& pass_;
  const Detour detour_;  // Of the last layer.
  bool is_pipelined_ = false;
  DryResults results_;
  RehearsalInputs inputs_;
  Block stream_;
  Block normed_;    // The stream, for what comes next, if it is there already.
  Block attended_;  // What attention gave, if it is not in the stream yet.
  Block states_;    // Gathered for the next layer that remembers some.
};

}  // namespace hwledger
