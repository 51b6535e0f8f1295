#include "core/planner/kv_cache.h"

#include <algorithm>

namespace hwledger {
namespace {

int64_t PadTo256(int64_t cells) { return (cells + 255) / 256 * 256; }

int64_t SequencesPerStream(const EngineOptions& options) {
  return options.kv_unified ? options.slot_count : 1;
}

}  // namespace

CacheLayout CacheLayoutOf(const EngineOptions& options) {
  const int64_t tokens_per_stream =
      options.sequence_length * SequencesPerStream(options);
  return {.key_type = FindCacheType(options.kv_cache_type_k),
          .value_type = FindCacheType(options.kv_cache_type_v),
          .cells_per_stream = PadTo256(tokens_per_stream),
          .stream_count = options.kv_unified ? 1 : options.slot_count,
          .slot_count = options.slot_count,
          .micro_batch_size = options.micro_batch_size,
          .swa_full = options.swa_full,
          .transposed_values = options.flash_attention == FlashAttention::kOff};
}

int64_t TokensThatFillCells(const EngineOptions& options) {
  const int64_t sequences = SequencesPerStream(options);
  return options.sequence_length * sequences / 256 * 256 / sequences;
}

int64_t CellsPerStream(const Layer& layer, const CacheLayout& layout) {
  if (layer.window_tokens == 0 || layout.swa_full) {
    return layout.cells_per_stream;
  }
  const int64_t sequences = layout.slot_count / layout.stream_count;
  return std::min(
      layout.cells_per_stream,
      PadTo256(layer.window_tokens * sequences + layout.micro_batch_size));
}

Bytes CellSize(const Layer& layer, const CacheLayout& layout) {
  const int64_t values =
      layout.transposed_values
          ? std::max(layer.value_elements, layer.transposed_value_elements)
          : layer.value_elements;
  return RowSize(*layout.key_type, layer.key_elements) +
         RowSize(*layout.value_type, values) +
         RowSize(*layout.key_type, layer.index_elements);
}

Bytes KeyValueCache(const Layer& layer, const CacheLayout& layout) {
  return layout.stream_count *
         (CellsPerStream(layer, layout) * CellSize(layer, layout));
}

Bytes RecurrentState(const Layer& layer, const CacheLayout& layout) {
  return layout.slot_count * (layer.state_elements * Bytes(sizeof(float)));
}

}  // namespace hwledger
