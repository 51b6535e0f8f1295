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
  const auto next =
      std::find_if(gaps_.begin(), gaps_.end(),
                   [&](const Block& gap) { return gap.offset > block.offset; });
  const auto before = next == gaps_.begin() ? gaps_.end() : std::prev(next);
  const bool meets_before =
      before != gaps_.end() && before->offset + before->size == block.offset;
  const Bytes end = block.offset + block.size;
  if (end == end_) {
    end_ = meets_before ? before->offset : block.offset;
    if (meets_before) gaps_.pop_back();
    return;
  }
  const bool meets_next = next != gaps_.end() && next->offset == end;
  if (meets_before) {
    before->size += block.size + (meets_next ? next->size : Bytes());
    if (meets_next) gaps_.erase(next);
  } else if (meets_next) {
    *next = {.offset = block.offset, .size = block.size + next->size};
  } else {
    gaps_.insert(next, block);
  }
}

}  // namespace hwledger
