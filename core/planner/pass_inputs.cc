#include "core/planner/pass_inputs.h"

#include <algorithm>
#include <cstdint>

namespace hwledger {
namespace {

// The most that a layer with this kind of cache asks for.
struct CacheInputs {
  int64_t cells = 0;
  int64_t values = 0;

  void Cover(const Layer& layer, const CacheLayout& layout) {
    cells = std::max(cells, CellsPerStream(layer, layout));
    values = std::max(
        {values, layer.value_elements,
         layout.transposed_values ? layer.transposed_value_elements : 0});
  }
};

}  // namespace

bool Attends(const Layer& layer) {
  return layer.key_elements > 0 || layer.widths.query_heads > 0;
}

PassInputs InputsOf(absl::Span<const LayerGroup> layers, const Pass& pass) {
  CacheInputs full;
  CacheInputs window;
  int64_t index_cells = 0;
  for (const LayerGroup& group : layers) {
    const Layer& layer = *group.layer;
    if (!Attends(layer)) continue;
    if (layer.widths.index_top > 0) index_cells = pass.layout.cells_per_stream;
    (layer.window_tokens > 0 ? window : full).Cover(layer, pass.layout);
  }
  const Bytes per_cell = pass.token_count * Bytes(pass.flash_attention ? 2 : 4);
  const Bytes per_value =
      pass.token_count * Bytes(pass.layout.transposed_values ? 8 : 0);
  const Bytes masks = (full.cells + window.cells + index_cells) * per_cell;
  return {.sum = masks + (full.values + window.values) * per_value,
          .masks = masks,
          .largest_mask =
              std::max({full.cells, window.cells, index_cells}) * per_cell};
}

Bytes IndexConstants(absl::Span<const LayerGroup> layers, const Pass& pass) {
  const Bytes element(sizeof(float));
  Bytes zeros;
  Bytes rotation;
  for (const LayerGroup& group : layers) {
    const Layer& layer = *group.layer;
    const int64_t chosen =
        std::min(layer.widths.index_top, pass.layout.cells_per_stream);
    zeros += group.layer_count * (pass.token_count * (chosen * element));
    rotation = std::max(
        rotation, layer.index_elements * (layer.index_elements * element));
  }
  return zeros + rotation;
}

}  // namespace hwledger
