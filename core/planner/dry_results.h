#pragma once

#include <cstdint>
#include <utility>

#include "core/bytes.h"
#include "core/planner/dry_heap.h"

namespace hwledger {

// So many tokens at least a device goes through for another that has the
// weights (ggml: op_offload_min_batch_size).
inline constexpr int64_t kCopiedForTokens = 32;

// The results of a pass that is only rehearsed: so many elements per token, all
// of them F32.
class DryResults {
 public:
  using Block = DryHeap::Block;

  explicit DryResults(int64_t token_count) : token_count_(token_count) {}

  Block Take(int64_t elements_per_token) {
    return heap_.Take(token_count_ *
                      (elements_per_token * Bytes(sizeof(float))));
  }
  // A product with a matrix, of which a copy is there meanwhile if it takes
  // `copied`. One of few tokens is made where the matrix is (ggml: offload_op).
  Block Multiply(Bytes copied, int64_t elements_per_token) {
    if (copied == Bytes() || token_count_ < kCopiedForTokens) {
      return Take(elements_per_token);
    }
    const Block copy = TakeBytes(copied);
    const Block product = Take(elements_per_token);
    heap_.Free(copy);
    return product;
  }
  Block TakeBytes(Bytes size) { return heap_.Take(size); }
  // Leaves nothing, to be freed again.
  void Free(Block& block) { heap_.Free(std::exchange(block, Block{})); }
  // With what it is multiplied to, or made to, while it is still there.
  void ReplaceByProduct(Block& block, Bytes copied,
                        int64_t elements_per_token) {
    heap_.Free(std::exchange(block, Multiply(copied, elements_per_token)));
  }
  void Replace(Block& block, int64_t elements_per_token) {
    heap_.Free(std::exchange(block, Take(elements_per_token)));
  }
  // All that follows is of so many tokens.
  void GoOnWith(int64_t token_count) { token_count_ = token_count; }

  Bytes peak() const { return heap_.peak(); }

  friend bool operator==(const DryResults&, const DryResults&) = default;

 private:
  int64_t token_count_;
  DryHeap heap_;
};

}  // namespace hwledger
