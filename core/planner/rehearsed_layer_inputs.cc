#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/planner/pass_inputs.h"
#include "core/planner/rehearsed_attention.h"
#include "core/planner/rehearsed_pass.h"

namespace hwledger {

const Layer& RehearsedPass::CachingLayer(size_t index) const {
  const Layer* layer = &layers_[index];
  const bool is_windowed = RehearsalInputs::IsWindowed(*layer);
  while (layer != all_.data() &&
         (layer->key_elements == 0 ||
          RehearsalInputs::IsWindowed(*layer) != is_windowed)) {
    --layer;
  }
  return *layer;
}

// What is handed over of a cache of other layers. A stream of transposed values
// reaches to the next one, whose rows are as many as the longest has.
void RehearsedPass::TakeCache(size_t index) {
  const CacheLayout& layout = pass_.layout;
  const Layer& caching = CachingLayer(index);
  Handed& handed = handed_[index];
  const bool is_here = &caching >= layers_.data();
  if (!is_here) {
    handed.keys = results_.TakeBytes(AllCells(
        caching, layout, RowSize(*layout.key_type, caching.key_elements)));
  }
  if (!pass_.flash_attention) inputs_.Take(layers_[index], results_);
  if (!is_here) {
    const int64_t gap =
        pass_.flash_attention
            ? 0
            : caching.transposed_value_elements - caching.value_elements;
    handed.values = results_.TakeBytes(
        AllCells(caching, layout,
                 RowSize(*layout.value_type, caching.value_elements)) +
        (layout.stream_count - 1) *
            (CellsPerStream(caching, layout) *
             RowSize(*layout.value_type, std::max<int64_t>(gap, 0))));
  }
  if (pass_.flash_attention) inputs_.Take(layers_[index], results_);
}

// In the order of the layers.
void RehearsedPass::TakeInputs() {
  if (layer_inputs_ > 0) {
    handed_.assign(layers_.size(), {});
    for (size_t i = 0; i < layers_.size(); ++i) {
      TakeCache(i);
      handed_[i].input =
          Take(layer_inputs_ / static_cast<int64_t>(all_.size()));
    }
  }
  inputs_.TakeAll(results_);
}

// Where the first layer is, those for all layers: what was looked up for each
// token, to which a projection of the embedded tokens is added.
void RehearsedPass::TakeSelected() {
  if (layer_inputs_ > 0) selected_ = Take(layer_inputs_);
}

void RehearsedPass::ProjectLayerInputs() {
  told_ = Take(layer_inputs_);
  Free(scaled_);
  results_.Replace(told_, layer_inputs_);  // Normed.
  // In a pipeline what was looked up stays, and is scaled elsewhere.
  if (is_pipelined_) selected_ = Take(layer_inputs_);
  Free(selected_);
  results_.Replace(told_, layer_inputs_);  // In the order of layers.
}

// Its input is multiplied with a gate and projected (llama.cpp:
// src/models/gemma4.cpp).
void RehearsedPass::TellLayer(size_t index) {
  Block gate = Take(layer_inputs_ / static_cast<int64_t>(all_.size()));
  if (selected_.size > Bytes()) ProjectLayerInputs();
  if (!handed_.empty()) Free(handed_[index].input);
  Block projected = Take(embedding_);
  Free(gate);
  Free(projected);
}

RehearsedPass::Block RehearsedPass::AttendToShared(size_t index,
                                                   Block& normed) {
  const Layer& caching = CachingLayer(index);
  Layer layer = layers_[index];
  layer.key_elements = caching.key_elements;
  layer.value_elements = caching.value_elements;
  Handed handed;
  if (!handed_.empty()) handed = std::exchange(handed_[index], Handed{});
  Block result = RehearseSharedHeads(layer, pass_, handed.keys, handed.values,
                                     normed, results_);
  if (!handed_.empty()) handed_[index].input = handed.input;
  return result;
}

}  // namespace hwledger
