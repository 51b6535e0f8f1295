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
  return layer.kind != LayerKind::kLatentAttention &&
         Rotates(*pass.layout.key_type, layer.widths.query,
                 layer.widths.query_heads);
}
bool RotatesValues(const Layer& layer, const Pass& pass) {
  return layer.kind != LayerKind::kLatentAttention &&
         Rotates(*pass.layout.value_type, layer.widths.output,
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
Block FusedQueries(const Layer& layer, const LayerMatrices& copies,
                   const Pass& pass, Block& normed, DryResults& results) {
  const LayerWidths& widths = layer.widths;
  const bool rotates = RotatesKeys(layer, pass);
  Block fused = results.Multiply(
      copies.query, widths.query + layer.key_elements + layer.value_elements);
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
Block Queries(const Layer& layer, CacheOrder order, const HandedLayer* handed,
              const Pass& pass, Block& normed, DryResults& results) {
  const LayerMatrices copies =
      handed == nullptr ? LayerMatrices{} : handed->copies;
  const LayerWidths& widths = layer.widths;
  if (widths.has_fused_queries) {
    return FusedQueries(layer, copies, pass, normed, results);
  }
  Block queries = results.Multiply(copies.query, widths.query);
  if (handed != nullptr) {
    // Turning them takes their place where norming has made them anew.
    if (widths.norms_queries) results.Replace(queries, widths.query);
    Block bias = results.TakeBytes(
        widths.biases_queries ? widths.query * Bytes(sizeof(float)) : Bytes());
    handed->take_positions();
    results.Free(bias);
  }
  const bool keys_first = order == CacheOrder::kKeysFirst;
  // The copy that the next product is with.
  Block copy;
  const auto take_copy = [&](Bytes size) {
    if (copy.size == Bytes()) copy = results.TakeBytes(size);
  };
  if (handed != nullptr && handed->copies_early) {
    take_copy(keys_first ? copies.key : copies.value);
  }
  if (handed != nullptr && widths.norms_queries) {
    if (RotatesKeys(layer, pass)) results.Replace(queries, widths.query);
  } else {
    Turn(layer, pass, widths.query, queries, results);
  }
  Block keys;
  Block values;
  const auto make_keys = [&] {
    take_copy(copies.key);
    keys = results.Take(layer.key_elements);
    results.Free(copy);
    if (!keys_first && !widths.is_parallel) results.Free(normed);
    Turn(layer, pass, layer.key_elements, keys, results);
  };
  const auto make_values = [&] {
    take_copy(copies.value);
    if (handed != nullptr) handed->take_rotation();
    values = results.Take(layer.value_elements);
    results.Free(copy);
    if (keys_first && !widths.is_parallel) results.Free(normed);
    // Where the layer's result is scaled, values are normed.
    if (widths.scales_result) results.Replace(values, layer.value_elements);
    if (RotatesValues(layer, pass)) {
      results.Replace(values, layer.value_elements);
    }
  };
  if (keys_first) make_keys();
  make_values();
  if (!keys_first) make_keys();
  results.Free(keys);
  results.Free(values);
  return queries;
}

// With flash attention, for which an F32 cache is converted to F16, the scores
// never exist as a whole. `keys` and `values` are what was handed over, if any.
Block FlashHeads(const Layer& layer, const Pass& pass, Block& queries,
                 Block& keys, Block& values, DryResults& results) {
  const CacheLayout& layout = pass.layout;
  const auto convert = [&](const TensorType& type, int64_t elements,
                           Block& block) {
    if (type.name != "F32") return;
    Block converted =
        results.TakeBytes(AllCells(layer, layout, elements * Bytes(2)));
    results.Free(block);
    block = converted;
  };
  convert(*layout.key_type, layer.key_elements, keys);
  convert(*layout.value_type, layer.value_elements, values);
  const Block heads = results.Take(layer.widths.output);
  results.Free(queries);
  results.Free(keys);
  results.Free(values);
  return heads;
}

// Without it.
Block PlainHeads(const Layer& layer, const Pass& pass, Block& queries,
                 Block& keys, Block& values, DryResults& results) {
  const LayerWidths& widths = layer.widths;
  Block scores =
      results.Take(widths.query_heads * CellsPerStream(layer, pass.layout));
  results.Free(keys);
  results.Free(queries);
  Block heads = results.Take(widths.output);
  results.Free(values);
  results.Free(scores);
  results.Replace(heads, widths.output);
  return heads;
}

// All of one.
Block HandedCache(const Layer& layer, const Pass& pass, const TensorType& type,
                  int64_t elements, DryResults& results) {
  return results.TakeBytes(
      AllCells(layer, pass.layout, RowSize(type, elements)));
}

}  // namespace

Bytes AllCells(const Layer& layer, const CacheLayout& layout, Bytes cell) {
  return layout.stream_count * (CellsPerStream(layer, layout) * cell);
}

Block RehearseHeads(const Layer& layer, CacheOrder order,
                    const HandedLayer* handed, const Pass& pass, Block& normed,
                    DryResults& results) {
  Block queries = Queries(layer, order, handed, pass, normed, results);
  Block keys;
  Block values;
  if (handed != nullptr) {
    keys = HandedCache(layer, pass, *pass.layout.key_type, layer.key_elements,
                       results);
    if (!pass.flash_attention) handed->take_mask();
    values = HandedCache(layer, pass, *pass.layout.value_type,
                         layer.value_elements, results);
    if (pass.flash_attention) handed->take_mask();
  }
  return (pass.flash_attention ? FlashHeads : PlainHeads)(
      layer, pass, queries, keys, values, results);
}

Block RehearseHandedHeads(const Layer& layer, const Pass& pass,
                          absl::FunctionRef<void()> take_mask,
                          DryResults& results) {
  const CacheLayout& layout = pass.layout;
  Block queries;
  if (pass.flash_attention) queries = results.Take(layer.widths.query);
  Block keys =
      HandedCache(layer, pass, *layout.key_type, layer.key_elements, results);
  if (!pass.flash_attention) {
    queries = results.Take(layer.widths.query);
    take_mask();
  }
  Block values = HandedCache(layer, pass, *layout.value_type,
                             layer.value_elements, results);
  if (pass.flash_attention) take_mask();
  return (pass.flash_attention ? FlashHeads : PlainHeads)(
      layer, pass, queries, keys, values, results);
}

Block RehearseSharedHeads(const Layer& layer, const Pass& pass, Block& keys,
                          Block& values, Block& normed, DryResults& results) {
  Block queries = results.Take(layer.widths.query);
  results.Free(normed);
  Turn(layer, pass, layer.widths.query, queries, results);
  return (pass.flash_attention ? FlashHeads : PlainHeads)(
      layer, pass, queries, keys, values, results);
}

bool RotatesResult(const Layer& layer, const Pass& pass) {
  return RotatesValues(layer, pass);
}

Bytes KeyRotation(const Layer& layer, const Pass& pass) {
  if (!RotatesKeys(layer, pass)) return Bytes();
  const int64_t head = layer.widths.query / layer.widths.query_heads;
  return head * (head * Bytes(sizeof(float)));
}

Bytes ResultRotation(const Layer& layer, const Pass& pass) {
  return RotatesResult(layer, pass)
             ? kRotatedElements * (kRotatedElements * Bytes(sizeof(float)))
             : Bytes();
}

}  // namespace hwledger
