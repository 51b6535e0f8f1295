#include "core/engine/stored_prefixes.h"

#include <algorithm>
#include <utility>

namespace hwledger {
namespace {

bool Continues(const CachedPrefix& prefix, const CachedPrefix& shorter) {
  return prefix.owner == shorter.owner &&
         prefix.tokens.size() >= shorter.tokens.size() &&
         std::equal(shorter.tokens.begin(), shorter.tokens.end(),
                    prefix.tokens.begin());
}

}  // namespace

Bytes StoredPrefixes::Used() {
  Bytes used;
  std::erase_if(saved_, [&](const auto& weak) {
    const SavedState state = weak.lock();
    if (state != nullptr) used += Bytes(std::ssize(*state));
    return state == nullptr;
  });
  return used;
}

bool StoredPrefixes::MakeRoom(Bytes size) {
  if (size > limit_) return false;
  while (Used() + size > limit_) {
    if (stored_.empty()) return false;
    stored_.pop_front();
  }
  return true;
}

SavedState StoredPrefixes::Save(
    Bytes size, absl::FunctionRef<bool(absl::Span<uint8_t>)> write) {
  if (size == Bytes() || !MakeRoom(size)) return nullptr;
  const auto state =
      std::make_shared<std::vector<uint8_t>>(static_cast<size_t>(size.count()));
  if (!write(absl::MakeSpan(*state))) return nullptr;
  saved_.push_back(state);
  return state;
}

void StoredPrefixes::Add(Stored stored) {
  std::erase_if(stored_, [&](const Stored& other) {
    return Continues(stored.prefix, other.prefix);
  });
  stored_.push_back(std::move(stored));
}

std::optional<StoredPrefixes::Stored> StoredPrefixes::Take(
    std::string_view owner, absl::Span<const TokenId> prompt, int64_t tokens) {
  auto best = stored_.end();
  for (auto it = stored_.begin(); it != stored_.end(); ++it) {
    const Resume resume = ResumeFrom(ViewOf(it->prefix), owner, prompt);
    if (resume.tokens <= tokens) continue;
    tokens = resume.tokens;
    best = it;
  }
  if (best == stored_.end()) return std::nullopt;
  Stored taken = std::move(*best);
  stored_.erase(best);
  return taken;
}

}  // namespace hwledger
