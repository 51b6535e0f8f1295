#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/detour.h"
#include "core/planner/dry_results.h"
#include "core/planner/rehearsal_inputs.h"
#include "core/planner/rehearsed_part.h"

namespace hwledger {

// One pass through layers that are all on one device, in libllama's order. All
// results are F32. Starts in one of five ways, then goes through the layers.
class RehearsedPass {
 public:
  // Through `part` of `model`. All outlive the pass.
  RehearsedPass(const ModelShape& model, const RehearsedPart& part,
                const Pass& pass);

  // On the host, which embeds the tokens. It has all inputs, its own and those
  // that it hands over, as long as it computes.
  void StartOnHost();

  // The ways by which a GPU comes by the residual stream. Inputs of attention
  // come along, in the order of the layers.

  // From the host, which has embedded the tokens: the embeddings that images
  // have, in two steps, and those of tokens. The former are merged into a copy
  // that text has no use for. Where positions have embeddings too, the host
  // merges, and they are added here.
  void StartWithTokens(bool has_position_table);
  // From the host, where the results of the layer before are not added up yet.
  void StartBehindHost(bool has_all_experts);
  // From another GPU, which has normed it already, unless norms stand behind.
  void StartBehindGpu(bool has_all_experts);
  // From either, for several micro-batches at once, of which all inputs stay.
  // There are so many inputs of the stream's width.
  void StartInPipeline(int64_t streams);

  // RWKV norms the embedded tokens before its first layer does.
  void NormTokens();

  // Through the next layer. Where one like it has found what is there now, what
  // it leaves is known, and nothing is done. Whether it leaves anything else
  // than it found.
  bool Go(size_t index, bool has_experts, bool is_last);
  void TakeLogits(int64_t vocabulary_size);

  Bytes peak() const { return std::max(peak_, results_.peak()); }

 private:
  using Block = DryResults::Block;

  Block Take(int64_t elements_per_token) {
    return results_.Take(elements_per_token);
  }
  void Free(Block& block) { results_.Free(block); }

  // In rehearsed_layer_inputs.cc: what a layer is told besides attention.
  void TakeInputs();
  void TakeCache(size_t index);
  void TakeSelected();
  void ProjectLayerInputs();
  void TellLayer(size_t index);
  Block AttendToShared(size_t index, Block& normed);
  // The layer whose keys and values layer number `index` attends to.
  const Layer& CachingLayer(size_t index) const;

  // In rehearsed_mixes.cc: RWKV's layers, and what comes to them of the first
  // values and of the channel mix of a layer on the host.
  void TakeFirstValues();
  void TakeChannelMix(const Layer& before);
  void Mix(size_t index, bool is_last);
  Block Difference(size_t index, bool is_last, Block& before, Block& normed);

  // In rehearsed_start.cc, as the ways to start are.
  void StartAmidExperts(const Layer& before);
  void TakeDetour();
  void AttendForHost(const Layer& before);

  void GatherFirst(absl::Span<const Layer> layers);
  void GatherBehind(size_t index);
  void MakeAtEnd(size_t index, int64_t elements, Block& block);
  Block Normed(const Layer& layer);
  void Project(size_t index, Block& heads);
  void SelectOutputs(Block& result);
  void Add(Block& result, bool in_stream);
  void Attend(size_t index, bool is_last);
  void Remember(size_t index, bool is_last);
  void FeedForward(size_t index, bool has_experts, bool is_last);
  Block Experts(size_t index, Block& normed, bool has_experts);

  void GoThrough(size_t index, bool has_experts, bool is_last);

  // What decides where the results of the next layer find room.
  using State =
      std::tuple<DryResults, Block, Block, Block, Block, Block, Block>;
  auto Now() {
    return std::tie(results_, stream_, normed_, attended_, states_, matrices_,
                    first_values_);
  }
  size_t NumberOfNow();

  // From one state to another.
  struct Step {
    size_t turn = 0;
    size_t from = 0;
    size_t to = 0;
  };

  // Of a layer that is told something of its own, from another device: that,
  // and keys and values of a layer before, if they are there.
  struct Handed {
    Block input;
    Block keys;
    Block values;

    friend bool operator==(const Handed&, const Handed&) = default;
  };

  const RehearsedPart& part_;
  const absl::Span<const Layer> all_;
  const int64_t embedding_;
  const int64_t layer_inputs_;  // Of all layers, elements per token.
  const absl::Span<const Layer> layers_;
  const Pass& pass_;
  const Detour detour_;  // To the device behind.
  bool is_pipelined_ = false;
  DryResults results_;
  RehearsalInputs inputs_;
  Block stream_;
  Block normed_;    // The stream, for what comes next, if it is there already.
  Block attended_;  // What attention gave, if it is not in the stream yet.
  Block states_;    // Gathered for the next layer that remembers some,
  Block matrices_;  // and beside them, where it is one of RWKV's.
  Block first_values_;  // Of RWKV 7's first layer, for all others.
  Block scaled_;        // The embedded tokens, if more is made of them.
  Block selected_;  // The embeddings for each layer, before and after what is
  Block told_;      // made of those is added.
  std::vector<Handed> handed_;  // To these layers.
  Bytes peak_;
  std::vector<State> known_;  // States between layers,
  size_t now_ = 0;            // of which one is there now,
  std::vector<Step> steps_;   // and how they follow each other.
};

}  // namespace hwledger
