#pragma once

#include <vector>

#include "core/bytes.h"

namespace hwledger {

// Memory that is never there. It is given out as the engine's allocator would:
// of the gaps that are large enough the smallest, or else what lies behind all
// that was ever taken (ggml: ggml_dyn_tallocr). So it tells how much a sequence
// of results needs, with the gaps between them that nothing fits into.
class DryHeap {
 public:
  DryHeap() { gaps_.reserve(8); }

  struct Block {
    Bytes offset;
    Bytes size;

    friend bool operator==(const Block&, const Block&) = default;
  };

  Block Take(Bytes size);
  // What was taken, once. An empty block is nobody's.
  void Free(Block block);

  // The end of the last block that was ever taken.
  Bytes peak() const { return peak_; }

  // Whether the two cannot be told apart from here on, but for their peaks.
  friend bool operator==(const DryHeap& a, const DryHeap& b) {
    return a.end_ == b.end_ && a.gaps_ == b.gaps_;
  }

 private:
  std::vector<Block> gaps_;  // By offset, none of them empty or adjacent.
  Bytes end_;                // Everything is free from here on.
  Bytes peak_;
};

}  // namespace hwledger
