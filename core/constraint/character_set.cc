#include "core/constraint/character_set.h"

#include <algorithm>

namespace hwledger {
namespace {

constexpr CharacterRange kSurrogates = {0xD800, 0xDFFF};

// Appends what of `range` is characters.
void Append(CharacterRange range, std::vector<CharacterRange>& ranges) {
  range.last = std::min(range.last, kCharacterMax);
  const CharacterRange below = {
      range.first, std::min<char32_t>(range.last, kSurrogates.first - 1)};
  const CharacterRange above = {
      std::max<char32_t>(range.first, kSurrogates.last + 1), range.last};
  for (const CharacterRange part : {below, above}) {
    if (part.first <= part.last) ranges.push_back(part);
  }
}

}  // namespace

CharacterSet::CharacterSet(const std::vector<CharacterRange>& ranges) {
  std::vector<CharacterRange> parts;
  for (const CharacterRange range : ranges) Append(range, parts);
  std::ranges::sort(parts, {}, &CharacterRange::first);
  for (const CharacterRange part : parts) {
    if (!ranges_.empty() && part.first <= ranges_.back().last + 1) {
      ranges_.back().last = std::max(ranges_.back().last, part.last);
    } else {
      ranges_.push_back(part);
    }
  }
}

CharacterSet CharacterSet::Complement() const {
  std::vector<CharacterRange> gaps;
  char32_t next = 0;
  for (const CharacterRange range : ranges_) {
    if (range.first > next) gaps.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kCharacterMax) gaps.push_back({next, kCharacterMax});
  return CharacterSet(gaps);
}

CharacterSet CharacterSet::With(const CharacterSet& other) const {
  std::vector<CharacterRange> both = ranges_;
  both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
  return CharacterSet(both);
}

CharacterSet CharacterSet::Without(const CharacterSet& other) const {
  return Complement().With(other).Complement();
}

bool CharacterSet::ContainsAnyOf(CharacterRange range) const {
  const auto found =
      std::ranges::lower_bound(ranges_, range.first, {}, &CharacterRange::last);
  return found != ranges_.end() && found->first <= range.last;
}

}  // namespace hwledger
