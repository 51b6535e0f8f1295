#include "core/engine/slot_memory.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "core/engine/libllama.h"
#include "core/engine/memory_breakdown.h"
#include "llama.h"

namespace hwledger {
namespace {

constexpr int64_t kSeparateCopiedMin = 64;

llama_pos Position(int64_t tokens) { return static_cast<llama_pos>(tokens); }
llama_seq_id SequenceOf(int64_t slot) {
  return static_cast<llama_seq_id>(slot);
}

llama_state_seq_flags FlagsOf(SlotMemory::Part part) {
  return part == SlotMemory::Part::kState ? LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
                                          : LLAMA_STATE_SEQ_FLAGS_NONE;
}

// On a CPU, a step of one sequence takes as long for ten cells of others as to
// copy one of them (0.9 us a cell, 135 M parameters). What a GPU holds is cheap
// to pass over, and copied in many small pieces.
bool HasHostCells(const llama_context* context) {
  if (llama_model_is_recurrent(llama_get_model(context))) return false;
  return absl::c_none_of(MemoryBreakdown(context), [](const DeviceUse& use) {
    return !use.is_host && use.kv_cache > Bytes();
  });
}

}  // namespace

SlotMemory::SlotMemory(llama_context* context, const EngineOptions& options)
    : context_(context),
      unified_(options.kv_unified),
      others_cost_(unified_ && HasHostCells(context)) {
  const llama_model* model = llama_get_model(context);
  if (llama_model_is_recurrent(model) || llama_model_is_hybrid(model)) {
    rewinding_ = Rewinding::kNever;
  } else if (llama_model_n_swa(model) > 0 && !options.swa_full) {
    rewinding_ = Rewinding::kInWindow;
    window_tokens_ = llama_model_n_swa(model);
  }
}

// In a shared cache a copy is the same cells. Such a cell is not freed when the
// window of one sequence has passed it: a cache of windows would run full.
// Separate caches are copied whole, which takes as long as computing a few
// tokens.
int64_t SlotMemory::copied_min() const {
  if (!unified_) return kSeparateCopiedMin;
  return rewinding_ == Rewinding::kInWindow ? kNoCopies : 1;
}

int64_t SlotMemory::RewindMin(int64_t slot, int64_t tokens) const {
  switch (rewinding_) {
    case Rewinding::kAnywhere:
      return 0;
    case Rewinding::kNever:
      return tokens;
    case Rewinding::kInWindow:
      break;
  }
  const llama_pos first =
      llama_memory_seq_pos_min(llama_get_memory(context_), SequenceOf(slot));
  if (first < 0) return tokens;
  return first == 0 ? 0 : std::min(first + window_tokens_, tokens);
}

// What its windows have passed is not saved.
int64_t SlotMemory::SavedRewindMin(int64_t tokens) const {
  switch (rewinding_) {
    case Rewinding::kAnywhere:
      return 0;
    case Rewinding::kInWindow:
      return tokens <= window_tokens_ ? 0 : tokens;
    case Rewinding::kNever:
      break;
  }
  return tokens;
}

void SlotMemory::Rewind(int64_t slot, int64_t tokens) {
  llama_memory_seq_rm(llama_get_memory(context_), SequenceOf(slot),
                      Position(tokens), -1);
}

void SlotMemory::Copy(int64_t source, int64_t slot, int64_t tokens) {
  // libllama copies nothing less than all from one cache to another.
  const llama_pos end = unified_ ? Position(tokens) : -1;
  llama_memory_seq_cp(llama_get_memory(context_), SequenceOf(source),
                      SequenceOf(slot), unified_ ? 0 : -1, end);
}

void SlotMemory::Forget(int64_t slot) {
  llama_memory_seq_rm(llama_get_memory(context_), SequenceOf(slot), -1, -1);
}

Bytes SlotMemory::SavedSize(int64_t slot, Part part) const {
  return Bytes(static_cast<int64_t>(
      llama_state_seq_get_size_ext(context_, SequenceOf(slot), FlagsOf(part))));
}

bool SlotMemory::Save(int64_t slot, Part part,
                      absl::Span<uint8_t> bytes) const {
  return llama_state_seq_get_data_ext(context_, bytes.data(), bytes.size(),
                                      SequenceOf(slot),
                                      FlagsOf(part)) == bytes.size();
}

bool SlotMemory::Restore(int64_t slot, Part part,
                         absl::Span<const uint8_t> bytes) {
  ExpectLibllamaErrors(true);
  const size_t read = llama_state_seq_set_data_ext(
      context_, bytes.data(), bytes.size(), SequenceOf(slot), FlagsOf(part));
  ExpectLibllamaErrors(false);
  return read == bytes.size();
}

}  // namespace hwledger
