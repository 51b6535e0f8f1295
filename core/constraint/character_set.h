#pragma once

#include <cstdint>
#include <vector>

namespace hwledger {

inline constexpr char32_t kCharacterMax = 0x10FFFF;

struct CharacterRange {
  char32_t first = 0;
  char32_t last = 0;

  friend bool operator==(const CharacterRange&,
                         const CharacterRange&) = default;
};

// Some of Unicode's characters. Surrogates are none.
class CharacterSet {
 public:
  CharacterSet() = default;
  // Ranges in any order; they may overlap.
  explicit CharacterSet(const std::vector<CharacterRange>& ranges);
  static CharacterSet Any() { return CharacterSet({{0, kCharacterMax}}); }

  CharacterSet Complement() const;
  CharacterSet With(const CharacterSet& other) const;
  CharacterSet Without(const CharacterSet& other) const;

  bool empty() const { return ranges_.empty(); }
  bool Contains(char32_t character) const {
    return ContainsAnyOf({character, character});
  }
  bool ContainsAnyOf(CharacterRange range) const;

  // In order, with a gap between one and the next.
  const std::vector<CharacterRange>& ranges() const { return ranges_; }

  friend bool operator==(const CharacterSet&, const CharacterSet&) = default;

 private:
  std::vector<CharacterRange> ranges_;
};

}  // namespace hwledger
