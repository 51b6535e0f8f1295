#include "core/engine/slot_pool.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hwledger {
namespace {

// Computing fewer tokens again is cheaper than to copy a state.
constexpr int64_t kSavedTokensMin = 32;

// Of one sequence; the oldest makes room.
constexpr size_t kCheckpointsMax = 4;

// Of a prompt that others may share a part of.
constexpr int64_t kCheckpointSpacing = 2048;

}  // namespace

SlotPool::SlotPool(SlotMemory& memory, int64_t slot_count, Bytes stored_max)
    : memory_(memory),
      stored_(stored_max),
      slots_(static_cast<size_t>(slot_count)),
      free_count_(slot_count) {}

// What a window still holds of a sequence changes while others are computed.
std::vector<SlotView> SlotPool::Views(absl::Span<const Running> running) const {
  std::vector<SlotView> views;
  views.reserve(slots_.size());
  for (const Slot& slot : slots_) {
    views.push_back({.is_free = slot.is_free,
                     .last_use = slot.last_use,
                     .prefix = ViewOf(slot.prefix)});
  }
  for (const Running& taken : running) {
    views[static_cast<size_t>(taken.slot)].prefix.tokens = taken.tokens;
  }
  for (int64_t i = 0; i < std::ssize(views); ++i) {
    PrefixView& prefix = views[static_cast<size_t>(i)].prefix;
    prefix.rewind_min = memory_.RewindMin(i, std::ssize(prefix.tokens));
  }
  return views;
}

SlotPool::Claim SlotPool::Take(std::string_view owner,
                               absl::Span<const TokenId> prompt,
                               absl::Span<const Running> running) {
  assert(has_free());
  const std::vector<SlotView> views = Views(running);
  const SlotChoice choice =
      ChooseSlot(views, owner, prompt, memory_.copied_min());
  Claim claim = {.slot = choice.slot};
  if (auto stored = stored_.Take(owner, prompt, choice.resume.tokens)) {
    const int64_t useful = choice.resume.tokens > 0 ? choice.source : -1;
    claim.slot = LeastUsefulSlot(views, /*but=*/useful);
    claim.cached_tokens = TakeStored(claim.slot, *std::move(stored), prompt);
  } else {
    claim.cached_tokens = Reuse(choice);
  }
  claim.checkpoint_tokens =
      CheckpointTokens(claim.cached_tokens, std::ssize(prompt));
  Slot& slot = At(claim.slot);
  slot.is_free = false;
  --free_count_;
  slot.prefix.owner = owner;
  slot.prefix.tokens.clear();
  std::erase_if(slot.prefix.checkpoints, [&](const Checkpoint& checkpoint) {
    return checkpoint.tokens > claim.cached_tokens;
  });
  ClearTheWay();
  return claim;
}

// The last token of a prompt is always computed: what comes before it serves
// the same prompt, too.
int64_t SlotPool::CheckpointTokens(int64_t cached_tokens,
                                   int64_t prompt_tokens) const {
  const bool wanted = memory_.rewinding() != SlotMemory::Rewinding::kAnywhere &&
                      prompt_tokens - 1 - cached_tokens >= kSavedTokensMin;
  return wanted ? prompt_tokens - 1 : 0;
}

int64_t SlotPool::TakeStored(int64_t slot, StoredPrefixes::Stored stored,
                             absl::Span<const TokenId> prompt) {
  Store(slot);
  Empty(slot);
  const Resume resume =
      ResumeFrom(ViewOf(stored.prefix), stored.prefix.owner, prompt);
  At(slot).prefix.checkpoints = std::move(stored.prefix.checkpoints);
  if (memory_.Restore(slot, SlotMemory::Part::kAll, *stored.state) &&
      PutBack(slot, resume)) {
    return resume.tokens;
  }
  Empty(slot);
  return 0;
}

int64_t SlotPool::Reuse(const SlotChoice& choice) {
  const int64_t slot = choice.slot;
  const Resume& resume = choice.resume;
  if (2 * resume.tokens < std::ssize(At(slot).prefix.tokens) ||
      choice.source != slot) {
    Store(slot);
  }
  if (resume.tokens == 0) {
    Empty(slot);
    return 0;
  }
  if (choice.source != slot) {
    Empty(slot);
    memory_.Copy(choice.source, slot, resume.tokens);
    At(slot).prefix.checkpoints = At(choice.source).prefix.checkpoints;
  }
  if (PutBack(slot, resume)) return resume.tokens;
  Empty(slot);
  return 0;
}

bool SlotPool::PutBack(int64_t slot, const Resume& resume) {
  if (resume.state != nullptr &&
      !memory_.Restore(slot, SlotMemory::Part::kState, *resume.state)) {
    return false;
  }
  memory_.Rewind(slot, resume.tokens);
  return true;
}

void SlotPool::Release(int64_t slot, std::vector<TokenId> tokens) {
  if (tokens.empty()) return ReleaseEmpty(slot);
  Slot& released = At(slot);
  released.prefix.tokens = std::move(tokens);
  released.is_free = true;
  released.last_use = ++use_count_;
  ++free_count_;
  ClearTheWay();
}

void SlotPool::ReleaseEmpty(int64_t slot) {
  Empty(slot);
  At(slot).is_free = true;
  ++free_count_;
}

bool SlotPool::EvictOne() {
  int64_t oldest = -1;
  for (int64_t i = 0; i < std::ssize(slots_); ++i) {
    const Slot& slot = At(i);
    if (!slot.is_free || slot.prefix.tokens.empty()) continue;
    if (oldest < 0 || slot.last_use < At(oldest).last_use) oldest = i;
  }
  if (oldest < 0) return false;
  Store(oldest);
  Empty(oldest);
  return true;
}

// What finds no room to be stored stays: it costs less than to compute it
// again.
void SlotPool::ClearTheWay() {
  if (!memory_.others_cost() || free_count_ == std::ssize(slots_)) return;
  for (int64_t i = 0; i < std::ssize(slots_); ++i) {
    const Slot& slot = At(i);
    if (!slot.is_free || slot.prefix.tokens.empty()) continue;
    if (Store(i)) Empty(i);
  }
}

bool SlotPool::Store(int64_t slot) {
  CachedPrefix& prefix = At(slot).prefix;
  if (std::ssize(prefix.tokens) < kSavedTokensMin) return true;
  prefix.rewind_min = memory_.SavedRewindMin(std::ssize(prefix.tokens));
  SavedState state =
      stored_.Save(memory_.SavedSize(slot, SlotMemory::Part::kAll),
                   [&](absl::Span<uint8_t> bytes) {
                     return memory_.Save(slot, SlotMemory::Part::kAll, bytes);
                   });
  if (state == nullptr) return false;
  stored_.Add({.prefix = prefix, .state = std::move(state)});
  return true;
}

void SlotPool::Empty(int64_t slot) {
  memory_.Forget(slot);
  At(slot).prefix = {};
}

bool SlotPool::WantsCheckpoint(int64_t slot, int64_t tokens) const {
  if (memory_.rewinding() != SlotMemory::Rewinding::kNever) return false;
  const std::vector<Checkpoint>& kept =
      slots_[static_cast<size_t>(slot)].prefix.checkpoints;
  return tokens - (kept.empty() ? 0 : kept.back().tokens) >= kCheckpointSpacing;
}

void SlotPool::KeepCheckpoint(int64_t slot, int64_t tokens) {
  const Bytes size = memory_.SavedSize(slot, SlotMemory::Part::kState);
  if (size > stored_.limit()) return;
  const auto save = [&](absl::Span<uint8_t> bytes) {
    return memory_.Save(slot, SlotMemory::Part::kState, bytes);
  };
  SavedState state = stored_.Save(size, save);
  while (state == nullptr && DropOldestCheckpoint(slot)) {
    state = stored_.Save(size, save);
  }
  if (state == nullptr) return;
  std::vector<Checkpoint>& kept = At(slot).prefix.checkpoints;
  if (kept.size() == kCheckpointsMax) kept.erase(kept.begin());
  kept.push_back({.tokens = tokens, .state = std::move(state)});
}

// Of the free slots, the one not used for the longest time goes first; those of
// `slot` itself last.
bool SlotPool::DropOldestCheckpoint(int64_t slot) {
  Slot* oldest = nullptr;
  for (Slot& other : slots_) {
    if (!other.is_free || other.prefix.checkpoints.empty()) continue;
    if (oldest == nullptr || other.last_use < oldest->last_use) {
      oldest = &other;
    }
  }
  if (oldest == nullptr) oldest = &At(slot);
  std::vector<Checkpoint>& kept = oldest->prefix.checkpoints;
  if (kept.empty()) return false;
  kept.erase(kept.begin());
  return true;
}

}  // namespace hwledger
