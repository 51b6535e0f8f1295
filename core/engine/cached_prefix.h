#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/engine/command_queue.h"

namespace hwledger {

// A state of a sequence, copied out of the model's memory.
using SavedState = std::shared_ptr<const std::vector<uint8_t>>;

// Where a sequence can be put back to by a state.
struct Checkpoint {
  int64_t tokens = 0;  // Computed by then.
  SavedState state;
};

// What a model has computed of one sequence.
struct CachedPrefix {
  std::string owner;  // Of use to nobody else.
  std::vector<TokenId> tokens;
  // The model can forget all after so many tokens, or after more.
  int64_t rewind_min = 0;
  std::vector<Checkpoint> checkpoints;  // In order.
};

// The same, wherever it is kept.
struct PrefixView {
  std::string_view owner;
  absl::Span<const TokenId> tokens;
  int64_t rewind_min = 0;
  absl::Span<const Checkpoint> checkpoints;
};

PrefixView ViewOf(const CachedPrefix& prefix);

// From where a prompt goes on.
struct Resume {
  int64_t tokens = 0;  // Not computed again; 0: nothing is of use.
  SavedState state;    // To be put back; null: the rest is forgotten.
};

// The most of `prompt` that need not be computed again. Its last token always
// is: what follows it is the answer.
Resume ResumeFrom(const PrefixView& prefix, std::string_view owner,
                  absl::Span<const TokenId> prompt);

struct SlotView {
  bool is_free = true;
  int64_t last_use = 0;  // Grows.
  PrefixView prefix;
};

struct SlotChoice {
  int64_t slot = 0;
  int64_t source = 0;  // The slot whose prefix is used; may be `slot`.
  Resume resume;
};

// Where no slot can be given a copy of another's prefix.
inline constexpr int64_t kNoCopies = std::numeric_limits<int64_t>::max();

// Chooses one of the free slots, of which there is one at least, for a prompt:
// the one with the longest useful prefix, unless most of what it holds would be
// lost; then one that is empty, or was not used for the longest time, with a
// copy of one of `copied_min` tokens at least.
SlotChoice ChooseSlot(absl::Span<const SlotView> slots, std::string_view owner,
                      absl::Span<const TokenId> prompt, int64_t copied_min);

// The free slot whose loss hurts least; `but` only where it is the only one.
int64_t LeastUsefulSlot(absl::Span<const SlotView> slots, int64_t but);

}  // namespace hwledger
