#include "core/planner/dry_heap.h"

#include <algorithm>
#include <cstddef>

namespace hwledger {

DryHeap::Block DryHeap::Take(Bytes size) {
  auto best = gaps_.end();
  for (auto gap = gaps_.begin(); gap != gaps_.end(); ++gap) {
    const bool fits = gap->size >= size;
    if (fits && (best == gaps_.end() || gap->size <= best->size)) best = gap;
  }
  if (best == gaps_.end()) {
    const Block block = {.offset = end_, .size = size};
    end_ += size;
    peak_ = std::max(peak_, end_);
    return block;
  }
  const Block block = {.offset = best->offset, .size = size};
  *best = {.offset = best->offset + size, .size = best->size - size};
  if (best->size == Bytes()) gaps_.erase(best);
  return block;
}

void DryHeap::Free(Block block) {
  if (block.size == Bytes()) return;
  auto next = std::find_if(gaps_.begin(), gaps_.end(), [&](const Block& gap) {
    return gap.offset > block.offset;
  });
  if (next != gaps_.end() && block.offset + block.size == next->offset) {
    block.size += next->size;
    next = gaps_.erase(next);
  }
  if (next != gaps_.begin()) {
    const auto before = std::prev(next);
    if (before->offset + before->size == block.offset) {
      block = {.offset = before->offset, .size = before->size + block.size};
      next = gaps_.erase(before);
    }
  }
  if (block.offset + block.size == end_) {
    end_ = block.offset;
  } else {
    gaps_.insert(next, block);
  }
}

}  // namespace hwledger
