#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/engine/cached_prefix.h"
#include "core/engine/engine_options.h"

struct llama_context;  // NOLINT(readability-identifier-naming)

namespace hwledger {

// What a model keeps of the sequence in each slot, between two batches. For the
// engine's thread.
class SlotMemory {
 public:
  // How the model goes back in a sequence.
  enum class Rewinding {
    kAnywhere,
    // As far as its windows still reach back.
    kInWindow,
    // Not at all: its state is that of the last token.
    kNever,
  };

  SlotMemory(llama_context* context, const EngineOptions& options);

  Rewinding rewinding() const { return rewinding_; }
  // How few tokens it pays to copy from slot to slot.
  int64_t copied_min() const;
  // Whether a step takes longer for what other slots hold, since it passes over
  // that too. What unused ones hold had better be saved then.
  bool others_cost() const { return others_cost_; }

  // How few tokens of the `tokens` in a slot the model can go back to.
  int64_t RewindMin(int64_t slot, int64_t tokens) const;
  // The same once all of it was saved and put back.
  int64_t SavedRewindMin(int64_t tokens) const;

  // Forgets all after so many tokens, RewindMin at least.
  void Rewind(int64_t slot, int64_t tokens);
  // Gives an empty slot the first tokens of another, copied_min() at least.
  void Copy(int64_t source, int64_t slot, int64_t tokens);
  void Forget(int64_t slot);

  enum class Part {
    kAll,
    // What Rewind cannot bring back; the rest has to be there still.
    kState,
  };
  Bytes SavedSize(int64_t slot, Part part) const;
  // `bytes` are as many as SavedSize says. False: the engine failed.
  bool Save(int64_t slot, Part part, absl::Span<uint8_t> bytes) const;
  // False: there is no room; the slot is in disorder, forget it.
  bool Restore(int64_t slot, Part part, absl::Span<const uint8_t> bytes);

 private:
  llama_context* const context_;
  const bool unified_;
  const bool others_cost_;
  Rewinding rewinding_ = Rewinding::kAnywhere;
  int64_t window_tokens_ = 0;
};

}  // namespace hwledger
