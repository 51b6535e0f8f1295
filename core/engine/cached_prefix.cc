#include "core/engine/cached_prefix.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace hwledger {
namespace {

int64_t CommonTokens(absl::Span<const TokenId> a, absl::Span<const TokenId> b) {
  const size_t length = std::min(a.size(), b.size());
  const auto end = a.begin() + static_cast<ptrdiff_t>(length);
  return std::mismatch(a.begin(), end, b.begin()).first - a.begin();
}

// What a slot holds is worth keeping beside a prompt that uses less of it.
bool LosesMost(const SlotView& slot, int64_t used_tokens) {
  return 2 * used_tokens < std::ssize(slot.prefix.tokens);
}

}  // namespace

PrefixView ViewOf(const CachedPrefix& prefix) {
  return {.owner = prefix.owner,
          .tokens = prefix.tokens,
          .rewind_min = prefix.rewind_min,
          .checkpoints = prefix.checkpoints};
}

Resume ResumeFrom(const PrefixView& prefix, std::string_view owner,
                  absl::Span<const TokenId> prompt) {
  if (prefix.owner != owner || prompt.empty()) return {};
  const int64_t common =
      CommonTokens(prefix.tokens, prompt.subspan(0, prompt.size() - 1));
  if (common >= prefix.rewind_min) return {.tokens = common};
  const auto after = std::upper_bound(
      prefix.checkpoints.begin(), prefix.checkpoints.end(), common,
      [](int64_t tokens, const Checkpoint& checkpoint) {
        return tokens < checkpoint.tokens;
      });
  if (after == prefix.checkpoints.begin()) return {};
  const Checkpoint& last = *std::prev(after);
  return {.tokens = last.tokens, .state = last.state};
}

int64_t LeastUsefulSlot(absl::Span<const SlotView> slots, int64_t but) {
  int64_t least = -1;
  const auto rank = [&](int64_t i) {
    const SlotView& slot = slots[static_cast<size_t>(i)];
    return std::pair(i == but                     ? 2
                     : slot.prefix.tokens.empty() ? 0
                                                  : 1,
                     slot.last_use);
  };
  for (int64_t i = 0; i < std::ssize(slots); ++i) {
    if (!slots[static_cast<size_t>(i)].is_free) continue;
    if (least < 0 || rank(i) < rank(least)) least = i;
  }
  assert(least >= 0);
  return least;
}

SlotChoice ChooseSlot(absl::Span<const SlotView> slots, std::string_view owner,
                      absl::Span<const TokenId> prompt, int64_t copied_min) {
  SlotChoice kept = {.slot = -1};   // Goes on in place, and little is lost.
  SlotChoice taken = {.slot = -1};  // Goes on in place.
  SlotChoice copied = {.source = -1};
  for (int64_t i = 0; i < std::ssize(slots); ++i) {
    const SlotView& slot = slots[static_cast<size_t>(i)];
    const Resume resume = ResumeFrom(slot.prefix, owner, prompt);
    const SlotChoice own = {.slot = i, .source = i, .resume = resume};
    if (slot.is_free && resume.tokens > taken.resume.tokens) taken = own;
    if (slot.is_free && resume.tokens > kept.resume.tokens &&
        !LosesMost(slot, resume.tokens)) {
      kept = own;
    }
    if (resume.tokens >= copied_min && resume.tokens > copied.resume.tokens) {
      copied = own;
    }
  }
  if (kept.slot >= 0 && kept.resume.tokens >= copied.resume.tokens) return kept;
  copied.slot = LeastUsefulSlot(slots, copied.source);
  if (copied.source >= 0) return copied;
  const bool loses_nothing =
      slots[static_cast<size_t>(copied.slot)].prefix.tokens.empty();
  if (taken.slot >= 0 && !loses_nothing) return taken;
  copied.source = copied.slot;
  return copied;
}

}  // namespace hwledger
