#include "core/planner/rehearsed_latent_attention.h"

#include "core/model/tensor_type.h"
#include "core/planner/kv_cache.h"

namespace hwledger {
namespace {

using Block = DryResults::Block;

// Each head's query in the latent space, with its position behind. The token's
// row has been stored.
Block Queries(const Layer& layer, Block& normed, DryResults& results) {
  const LayerWidths& widths = layer.widths;
  const int64_t rotated = layer.key_elements - widths.latent;
  Block plain = results.Take(widths.unlatent - widths.query_heads * rotated);
  Block latent = results.Take(widths.output);
  Block turned = results.Take(widths.query_heads * rotated);
  results.Free(plain);
  const Block queries = results.Take(widths.query);
  results.Free(latent);
  results.Free(turned);
  Block row = results.Take(layer.key_elements);
  results.Free(normed);
  Block values = results.Take(widths.latent);
  Block key = results.Take(rotated);
  results.Free(row);
  Block stored = results.Take(layer.key_elements);
  results.Free(values);
  results.Free(key);
  results.Free(stored);
  return queries;
}

// With flash attention, for which an F32 cache is converted to F16; values are
// a part of the keys, and converted once more.
Block FlashHeads(const Layer& layer, const Pass& pass, Block& queries,
                 DryResults& results) {
  const CacheLayout& layout = pass.layout;
  const bool converts = layout.key_type->name == "F32";
  const int64_t cells =
      converts ? layout.stream_count * CellsPerStream(layer, layout) : 0;
  Block keys = results.TakeBytes(cells * (layer.key_elements * Bytes(2)));
  Block values = results.TakeBytes(cells * (layer.widths.latent * Bytes(2)));
  const Block heads = results.Take(layer.widths.output);
  results.Free(queries);
  results.Free(keys);
  results.Free(values);
  return heads;
}

// Without it, values are transposed, all cells at once.
Block PlainHeads(const Layer& layer, const Pass& pass, Block& queries,
                 DryResults& results) {
  const LayerWidths& widths = layer.widths;
  const CacheLayout& layout = pass.layout;
  const int64_t cells = CellsPerStream(layer, layout);
  Block values = results.TakeBytes(
      layout.stream_count * (cells * RowSize(*layout.key_type, widths.latent)));
  Block scores = results.Take(widths.query_heads * cells);
  results.Free(queries);
  const Block heads = results.Take(widths.output);
  results.Free(values);
  results.Free(scores);
  return heads;
}

}  // namespace

Block RehearseLatentHeads(const Layer& layer, const Pass& pass, Block& normed,
                          DryResults& results) {
  Block queries = Queries(layer, normed, results);
  Block heads = (pass.flash_attention ? FlashHeads : PlainHeads)(
      layer, pass, queries, results);
  results.Replace(heads, layer.widths.unlatent_output);
  results.Replace(heads, layer.widths.unlatent_output);  // Head by head.
  return heads;
}

}  // namespace hwledger
