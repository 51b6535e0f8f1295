#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/engine/cached_prefix.h"

namespace hwledger {

// Main memory for what was computed of prompts: states that were saved, and the
// prefixes that had to leave the model's own memory, those used last the
// longest. All of it together stays within a limit. For one thread.
class StoredPrefixes {
 public:
  explicit StoredPrefixes(Bytes limit) : limit_(limit) {}

  Bytes limit() const { return limit_; }

  // A state of `size` that `write` writes. Prefixes leave for it, those stored
  // first before the others; null where it finds no room even so, or could not
  // be written. It counts for as long as anybody keeps it.
  SavedState Save(Bytes size,
                  absl::FunctionRef<bool(absl::Span<uint8_t>)> write);

  struct Stored {
    CachedPrefix prefix;
    SavedState state;  // Of all its tokens.
  };
  // What it is a longer version of leaves.
  void Add(Stored stored);
  // The one of which a prompt can use the most, where that is more than
  // `tokens`. It is stored no longer.
  std::optional<Stored> Take(std::string_view owner,
                             absl::Span<const TokenId> prompt, int64_t tokens);

 private:
  bool MakeRoom(Bytes size);
  Bytes Used();

  const Bytes limit_;
  std::list<Stored> stored_;  // In the order they came.
  std::vector<std::weak_ptr<const std::vector<uint8_t>>> saved_;
};

}  // namespace hwledger
