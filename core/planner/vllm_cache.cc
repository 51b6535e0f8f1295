#include "core/planner/vllm_cache.h"

#include <algorithm>
#include <vector>

namespace hwledger {
namespace {

constexpr int64_t kBlockTokens = 16;

int64_t Blocks(int64_t count, int64_t block) {
  return count / block + (count % block != 0 ? 1 : 0);
}

// What vLLM calls a KV cache spec: layers with equal ones share a group.
struct CacheSpec {
  LayerKind kind = LayerKind::kFullAttention;
  int64_t window_tokens = 0;
  Bytes block;  // Of one layer.
  int64_t block_tokens = kBlockTokens;

  bool is_recurrent() const { return kind == LayerKind::kRecurrent; }
  friend bool operator==(const CacheSpec&, const CacheSpec&) = default;
};

struct Kind {
  CacheSpec spec;
  int64_t layer_count = 0;
};

// Keys and values of one token on one device.
Bytes PerToken(const Layer& layer, const VllmOptions& options) {
  const Bytes element(options.fp8_kv_cache ? 1 : 2);
  if (layer.kind == LayerKind::kLatentAttention) {
    return layer.key_elements * element;
  }
  const int64_t heads = std::max<int64_t>(layer.widths.query_heads, 1);
  const int64_t head = std::max<int64_t>(layer.widths.query / heads, 1);
  const int64_t kv_heads = std::max<int64_t>(layer.key_elements / head, 1);
  const int64_t heads_here =
      std::max<int64_t>(kv_heads / options.tensor_parallel_size, 1);
  return heads_here *
         ((layer.key_elements + layer.value_elements) / kv_heads * element);
}

CacheSpec AttentionSpec(const Layer& layer, const VllmOptions& options) {
  const bool is_windowed = layer.window_tokens > 0;
  return {.kind = is_windowed ? layer.kind : LayerKind::kFullAttention,
          .window_tokens = layer.window_tokens,
          .block = kBlockTokens * PerToken(layer, options)};
}

CacheSpec StateSpec(const Layer& layer, const VllmOptions& options) {
  return {.kind = LayerKind::kRecurrent,
          .block = Blocks(layer.state_elements, options.tensor_parallel_size) *
                   Bytes(2)};
}

void Count(const CacheSpec& spec, std::vector<Kind>& kinds) {
  const auto known =
      std::find_if(kinds.begin(), kinds.end(),
                   [&spec](const Kind& kind) { return kind.spec == spec; });
  if (known == kinds.end()) {
    kinds.push_back({.spec = spec, .layer_count = 1});
  } else {
    ++known->layer_count;
  }
}

std::vector<Kind> KindsOf(const ModelShape& model, const VllmOptions& options) {
  std::vector<Kind> kinds;
  for (const Layer& layer : model.layers) {
    if (layer.key_elements > 0) Count(AttentionSpec(layer, options), kinds);
    if (layer.state_elements > 0) Count(StateSpec(layer, options), kinds);
  }
  return kinds;
}

int64_t BlocksOf(const CacheSpec& spec, const VllmOptions& options) {
  if (spec.is_recurrent()) return 1;
  const int64_t length = options.sequence_length;
  if (spec.window_tokens == 0) return Blocks(length, spec.block_tokens);
  const bool is_chunked = spec.kind == LayerKind::kChunkedAttention;
  const int64_t looked_back = spec.window_tokens - (is_chunked ? 0 : 1);
  const int64_t tokens =
      std::min(looked_back + options.batch_tokens_max, length);
  return Blocks(tokens, spec.block_tokens) + (is_chunked ? 0 : 1);
}

// Makes all blocks as large as the largest: smaller ones hold more tokens, and
// those of attention grow past a recurrent state, which is then padded.
absl::Status EqualizeBlocks(std::vector<Kind>& kinds) {
  Bytes largest;
  for (Kind& kind : kinds) {
    if (!kind.spec.is_recurrent()) largest = std::max(largest, kind.spec.block);
  }
  const Bytes attention = largest;
  for (Kind& kind : kinds) {
    if (!kind.spec.is_recurrent()) continue;
    largest = attention == Bytes()
                  ? std::max(largest, kind.spec.block)
                  : std::max(largest, Blocks(kind.spec.block.count(),
                                             attention.count()) *
                                          attention);
  }
  for (Kind& kind : kinds) {
    if (!kind.spec.is_recurrent()) {
      if (largest.count() % kind.spec.block.count() != 0) {
        return absl::UnimplementedError(
            "vLLM does not combine layers whose blocks are no multiples of "
            "each other");
      }
      kind.spec.block_tokens *= largest / kind.spec.block;
    }
    kind.spec.block = largest;
  }
  return absl::OkStatus();
}

int64_t LayersPerGroup(const std::vector<Kind>& kinds) {
  int64_t least = kinds.front().layer_count;
  int64_t most = least;
  for (const Kind& kind : kinds) {
    least = std::min(least, kind.layer_count);
    most = std::max(most, kind.layer_count);
  }
  return 2 * most < 3 * least ? most : least;
}

// Layers of one kind, if of different sizes: one group, each with blocks of its
// own. A recurrent state holds a sequence of any length.
VllmCache UniformCache(const std::vector<Kind>& kinds,
                       const VllmOptions& options) {
  const CacheSpec& spec = kinds.front().spec;
  VllmCache cache = {.block_tokens = spec.is_recurrent()
                                         ? options.sequence_length
                                         : kBlockTokens,
                     .group_count = 1,
                     .blocks_per_sequence = BlocksOf(spec, options)};
  for (const Kind& kind : kinds) {
    cache.block += kind.layer_count * kind.spec.block;
  }
  return cache;
}

}  // namespace

absl::StatusOr<VllmCache> VllmCacheOf(const ModelShape& model,
                                      const VllmOptions& options) {
  std::vector<Kind> kinds = KindsOf(model, options);
  if (kinds.empty()) return VllmCache{};
  const bool is_uniform =
      std::all_of(kinds.begin(), kinds.end(), [&kinds](const Kind& kind) {
        return kind.spec.kind == kinds.front().spec.kind &&
               kind.spec.window_tokens == kinds.front().spec.window_tokens;
      });
  if (is_uniform) return UniformCache(kinds, options);

  if (absl::Status status = EqualizeBlocks(kinds); !status.ok()) return status;
  const int64_t layers = LayersPerGroup(kinds);
  VllmCache cache = {.block = layers * kinds.front().spec.block};
  for (const Kind& kind : kinds) {
    const int64_t groups = Blocks(kind.layer_count, layers);
    cache.group_count += groups;
    cache.blocks_per_sequence += groups * BlocksOf(kind.spec, options);
    if (kind.spec.is_recurrent()) continue;
    cache.block_tokens =
        cache.block_tokens == 0
            ? kind.spec.block_tokens
            : std::min(cache.block_tokens, kind.spec.block_tokens);
  }
  return cache;
}

}  // namespace hwledger
