#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/engine/cached_prefix.h"
#include "core/engine/slot_memory.h"
#include "core/engine/stored_prefixes.h"

namespace hwledger {

// The slots of one model. What a sequence left in its slot stays until the room
// is needed, and new prompts of the same owner go on from it. For the engine's
// thread, between two batches.
class SlotPool {
 public:
  // What leaves a slot is kept in main memory within `stored_max`, and so are
  // the states of a model that cannot go back in a sequence.
  SlotPool(SlotMemory& memory, int64_t slot_count, Bytes stored_max);

  bool has_free() const { return free_count_ > 0; }

  struct Running {
    int64_t slot = 0;
    absl::Span<const TokenId> tokens;  // Computed.
  };
  struct Claim {
    int64_t slot = 0;
    int64_t cached_tokens = 0;  // Of the prompt; they are in the slot already.
    // KeepCheckpoint wants to be called once so many are computed; 0: it need
    // not be.
    int64_t checkpoint_tokens = 0;
  };
  // Takes a free slot, of which there is one. `running` are all that are taken.
  Claim Take(std::string_view owner, absl::Span<const TokenId> prompt,
             absl::Span<const Running> running);

  // Gives a slot back in which `tokens` are computed.
  void Release(int64_t slot, std::vector<TokenId> tokens);
  // The same where nobody knows what is in it.
  void ReleaseEmpty(int64_t slot);

  // Empties the free slot that was not used for the longest time. False: all
  // are empty or taken.
  bool EvictOne();

  // Whether it would be of use before, too, when so many are computed.
  bool WantsCheckpoint(int64_t slot, int64_t tokens) const;
  // Remembers the state in a taken slot, after so many tokens.
  void KeepCheckpoint(int64_t slot, int64_t tokens);

 private:
  struct Slot {
    bool is_free = true;
    int64_t last_use = 0;
    CachedPrefix prefix;  // While it is taken, without its tokens.
  };

  std::vector<SlotView> Views(absl::Span<const Running> running) const;
  int64_t CheckpointTokens(int64_t cached_tokens, int64_t prompt_tokens) const;
  int64_t TakeStored(int64_t slot, StoredPrefixes::Stored stored,
                     absl::Span<const TokenId> prompt);
  int64_t Reuse(const SlotChoice& choice);
  bool PutBack(int64_t slot, const Resume& resume);
  bool DropOldestCheckpoint(int64_t slot);
  // Stores what is in free slots, where that quickens those that are taken.
  void ClearTheWay();
  // Of what is in a free slot. False: it found no room.
  bool Store(int64_t slot);
  void Empty(int64_t slot);
  Slot& At(int64_t slot) { return slots_[static_cast<size_t>(slot)]; }

  SlotMemory& memory_;
  StoredPrefixes stored_;
  std::vector<Slot> slots_;
  int64_t free_count_ = 0;
  int64_t use_count_ = 0;
};

}  // namespace hwledger
