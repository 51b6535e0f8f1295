#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"

namespace hwledger {

// Sizes of one vLLM server.
struct VllmOptions {
  int64_t sequence_length = 0;  // --max-model-len
  int64_t sequence_count = 1;   // That should fit; --max-num-seqs.
  int64_t tensor_parallel_size = 1;
  // --gpu-memory-utilization, 0.9 by default for years; 0.92 in 2026
  // (vllm/config/cache.py, commit 002f10e0).
  double memory_utilization = 0.9;
  // --max-num-batched-tokens; 0: vLLM's default for the device.
  int64_t batch_tokens_max = 0;
  bool fp8_kv_cache = false;   // --kv-cache-dtype fp8
  bool enforce_eager = false;  // No CUDA graphs.
};

// How vLLM's KV cache is laid out on one device: a pool of equal blocks. A
// block belongs to one group of layers and holds `block_tokens` tokens of each;
// a sequence takes blocks of all groups.
struct VllmCache {
  int64_t block_tokens = 0;
  int64_t group_count = 0;
  Bytes block;  // On this device, of one group's layers.
  // Of a sequence of the greatest length.
  int64_t blocks_per_sequence = 0;

  Bytes per_sequence() const { return blocks_per_sequence * block; }
  // Tokens that a pool of so many blocks holds, as vLLM logs it.
  int64_t TokensIn(int64_t block_count) const {
    return group_count == 0 ? 0 : block_count / group_count * block_tokens;
  }
  // Sequences of the greatest length; a part of one counts as such.
  double SequencesIn(int64_t block_count) const {
    return blocks_per_sequence == 0
               ? 0
               : static_cast<double>(block_count) /
                     static_cast<double>(blocks_per_sequence);
  }
};

// The layout that vLLM chooses (vllm/v1/core/kv_cache_utils.py:
// get_kv_cache_groups, vllm/v1/kv_cache_interface.py, commit 001cabc1, 2026):
// - 16 tokens per block, keys and values in 16 bits or in FP8;
// - each device has its share of the KV heads, at least one
//   (vllm/config/model.py: get_num_kv_heads), but the whole of a latent row;
// - a layer with a window keeps the window and one batch, and one block more
//   since a window need not start with a block;
// - layers of different kinds form groups of as many layers as the rarest kind
//   has, or as the commonest if that is less than 1.5 times as many; the last
//   group of a kind is filled up with layers that do not exist;
// - a recurrent state is one block per sequence, and blocks of attention grow
//   until they are as large.
//
// Recurrent states are counted in 16 bits, as --mamba-cache-dtype auto stores
// them for a model in 16 bits. Unimplemented: layers of sizes that vLLM does
// not combine either. `batch_tokens_max` of `options` is set.
absl::StatusOr<VllmCache> VllmCacheOf(const ModelShape& model,
                                      const VllmOptions& options);

}  // namespace hwledger
