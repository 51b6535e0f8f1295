#include "core/planner/rehearsed_attention.h"

#include "core/model/tensor_type.h"
#include "core/planner/kv_cache.h"

namespace hwledger {
namespace {

using Block = DryResults::Block;

// Of a head, at once (llama.cpp: llama_kv_cache, attn_rot_v).
constexpr int64_t kRotatedElements = 64;

// Keys and values for a quantized cache are rotated, which spreads outliers, if
// heads are long enough; and so is what is compared with them, or comes of them
// (llama.cpp: llama_kv_cache, attn_rot_k).
bool Rotates(const TensorType& type, int64_t elements, int64_t head_count) {
  return type.block_elements > 1 &&
         elements / head_count % kRotatedElements == 0;
}
bool RotatesKeys(const Layer& layer, const Pass& pass) {
  return Rotates(*pass.layout.key_type, layer.widths.query,
                 layer.widths.query_heads);
}
bool RotatesValues(const Layer& layer, const Pass& pass) {
  return Rotates(*pass.layout.value_type, layer.widths.output,
                 layer.widths.query_heads);
}

// Turning queries and keys by their position gives another result, as norming
// them head by head does.
void Turn(const Layer& layer, const Pass& pass, int64_t elements, Block& block,
          DryResults& results) {
  if (layer.widths.is_rotated) results.Replace(block, elements);
  if (RotatesKeys(layer, pass)) results.Replace(block, elements);
}

// Of one tensor. Its parts are copied before they are rotated for the cache.
Block FusedQueries(const Layer& layer, const Pass& pass, Block& normed,
                   DryResults& results) {
  const LayerWidths& widths = layer.widths;
  const bool rotates = RotatesKeys(layer, pass);
  Block fused =
      results.Take(widths.query + layer.key_elements + layer.value_elements);
  if (!widths.is_parallel) results.Free(normed);
  if (!widths.is_rotated && !rotates) return fused;
  Block queries = results.Take(widths.query);
  if (rotates) results.Replace(queries, widths.query);
  Block values;
  if (RotatesValues(layer, pass)) {
    values = results.Take(layer.value_elements);
    results.Replace(values, layer.value_elements);
  }
  Block keys = results.Take(layer.key_elements);
  if (rotates) {
    results.Free(fused);
    results.Replace(keys, layer.key_elements);
  }
  results.Free(keys);
  results.Free(values);
  results.Free(fused);
  return queries;
}

// Queries as attention wants them; keys and values have been stored.
Block Queries(const Layer& layer, CacheOrder order, const Pass& pass,
              Block& normed, DryResults& results) {
  const LayerWidths& widths = layer.widths;
  if (widths.has_fused_queries) {
    return FusedQueries(layer, pass, normed, results);
  }
  Block queries = results.Take(widths.query);
  Turn(layer, pass, widths.query, queries, results);
  Block keys;
  Block values;
  if (order == CacheOrder::kKeysFirst) {
    keys = results.Take(layer.key_elements);
    Turn(layer, pass, layer.key_elements, keys, results);
  }
  values = results.Take(layer.value_elements);
  if (order == CacheOrder::kKeysFirst && !widths.is_parallel) {
    results.Free(normed);
  }
  // Where the layer's result is scaled, values are normed.
  if (widths.scales_result) results.Replace(values, layer.value_elements);
  if (RotatesValues(layer, pass)) {
    results.Replace(values, layer.value_elements);
  }
  if (order == CacheOrder::kValuesFirst) {
    keys = results.Take(layer.key_elements);
    if (!widths.is_parallel) results.Free(normed);
    Turn(layer, pass, layer.key_elements, keys, results);
  }
  results.Free(keys);
  results.Free(values);
  return queries;
}

}  // namespace

// With flash attention the scores never exist as a whole; an F32 cache is
// converted to F16 for it.
Block RehearseHeads(const Layer& layer, CacheOrder order, const Pass& pass,
                    Block& normed, DryResults& results) {
  const LayerWidths& widths = layer.widths;
  const CacheLayout& layout = pass.layout;
  const int64_t cells = CellsPerStream(layer, layout);
  Block queries = Queries(layer, order, pass, normed, results);
  if (!pass.flash_attention) {
    Block scores = results.Take(widths.query_heads * cells);
    results.Free(queries);
    Block heads = results.Take(widths.output);
    results.Free(scores);
    results.Replace(heads, widths.output);
    return heads;
  }
  const auto converted = [&](const TensorType& type, int64_t elements) {
    return type.name == "F32"
               ? layout.stream_count * (cells * (elements * Bytes(2)))
               : Bytes();
  };
  Block keys =
      results.TakeBytes(converted(*layout.key_type, layer.key_elements));
  Block values =
      results.TakeBytes(converted(*layout.value_type, layer.value_elements));
  const Block heads = results.Take(widths.output);
  results.Free(queries);
  results.Free(keys);
  results.Free(values);
  return heads;
}

void RehearseProjection(const Layer& layer, int64_t embedding_elements,
                        const Pass& pass, Block& heads, DryResults& results) {
  if (RotatesValues(layer, pass)) results.Replace(heads, layer.widths.output);
  results.Replace(heads, embedding_elements);
}

Bytes CacheRotations(const Layer& layer, const Pass& pass) {
  const Bytes element(sizeof(float));
  const int64_t head = layer.widths.query / layer.widths.query_heads;
  return (RotatesKeys(layer, pass) ? head * (head * element) : Bytes()) +
         (RotatesValues(layer, pass)
              ? kRotatedElements * (kRotatedElements * element)
              : Bytes());
}

}  // namespace hwledger
