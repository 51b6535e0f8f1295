#pragma once

#include <cstdint>
#include <utility>

#include "core/bytes.h"
#include "core/planner/dry_heap.h"

namespace hwledger {

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
  Block TakeBytes(Bytes size) { return heap_.Take(size); }
  // Leaves nothing, to be freed again.
  void Free(Block& block) { heap_.Free(std::exchange(block, Block{})); }
  // With what is made of it, while it is still there.
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
