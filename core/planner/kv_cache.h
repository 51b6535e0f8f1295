#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"

namespace hwledger {

// The KV cache as the engine lays it out: `stream_count` independent rows of
// `cells_per_stream` cells, each of which holds one token of a layer.
struct CacheLayout {
  const TensorType* key_type = nullptr;
  const TensorType* value_type = nullptr;
  int64_t cells_per_stream = 0;
  int64_t stream_count = 1;
  int64_t slot_count = 1;
  // Cells of a layer with a window beyond that window.
  int64_t micro_batch_size = 0;
  bool swa_full = false;
  // Without flash attention values are stored transposed.
  bool transposed_values = false;
};

// `options` are valid. Sequences of a unified cache share one stream; otherwise
// each has its own. Streams are padded to 256 cells (llama.cpp: llama_context,
// GGML_PAD(n_ctx, 256)).
CacheLayout CacheLayoutOf(const EngineOptions& options);

// The longest sequence, up to that of `options`, that leaves no cell for
// another token.
int64_t TokensThatFillCells(const EngineOptions& options);

// Cells per stream of one layer. Those of a sliding window need its tokens, for
// each sequence of the stream, and room for one micro-batch:
//   min(cells, pad256(window · sequences in the stream + micro-batch))
// (llama.cpp: llama_kv_cache_iswa).
int64_t CellsPerStream(const Layer& layer, const CacheLayout& layout);

// One cell of one layer:
//   row(key type, keys) + row(value type, values) + row(key type, index)
// Transposed values take as much in every layer as in the widest (llama.cpp:
// llama_kv_cache, n_embd_v_gqa_max; llama_kv_cache_dsa).
Bytes CellSize(const Layer& layer, const CacheLayout& layout);

// Keys and values of one layer, for all sequences: cells · streams · cell.
Bytes KeyValueCache(const Layer& layer, const CacheLayout& layout);

// The recurrent state of one layer, for all sequences; always F32:
//   sequences · 4 · state elements
// (llama.cpp: llama_memory_recurrent).
Bytes RecurrentState(const Layer& layer, const CacheLayout& layout);

// All that one layer remembers.
inline Bytes KvCache(const Layer& layer, const CacheLayout& layout) {
  return KeyValueCache(layer, layout) + RecurrentState(layer, layout);
}

}  // namespace hwledger
