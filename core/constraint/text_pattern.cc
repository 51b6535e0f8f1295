#include "core/constraint/text_pattern.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/character_set.h"
#include "core/constraint/gbnf.h"
#include "core/utf8.h"

namespace hwledger {
namespace {

constexpr int64_t kGroupsDepthMax = 16;
constexpr int64_t kTimesMax = 1000;

// What stands for itself only after a backslash.
constexpr std::string_view kSyntax = "^$*+?)|{}]";

CharacterSet DigitSet() { return CharacterSet({{'0', '9'}}); }
CharacterSet WordSet() {
  return CharacterSet({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
}
// What every implementation takes for space.
CharacterSet AsciiSpaceSet() {
  return CharacterSet({{'\t', '\r'}, {' ', ' '}});
}
// What ECMA 262 does.
CharacterSet SpaceSet() {
  return CharacterSet({{'\t', '\r'},
                       {' ', ' '},
                       {0xA0, 0xA0},
                       {0x1680, 0x1680},
                       {0x2000, 0x200A},
                       {0x2028, 0x2029},
                       {0x202F, 0x202F},
                       {0x205F, 0x205F},
                       {0x3000, 0x3000},
                       {0xFEFF, 0xFEFF}});
}
CharacterSet LineEndSet() {
  return CharacterSet({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}});
}
CharacterSet One(char32_t character) {
  return CharacterSet({{character, character}});
}

class Parser {
 public:
  Parser(std::string_view pattern, std::string_view any_character)
      : pattern_(pattern), any_text_(absl::StrCat(any_character, "*")) {}

  absl::StatusOr<std::string> Parse() {
    std::vector<std::string> choices;
    do {
      std::vector<std::string> items;
      if (!Take("^")) items.push_back(any_text_);
      ABSL_RETURN_IF_ERROR(ParseTerms(items));
      if (!Take("$")) items.push_back(any_text_);
      choices.push_back(GbnfSequence(items));
    } while (Take("|"));
    if (!AtEnd()) return Unsupported();
    return GbnfChoice(choices);
  }

 private:
  bool AtEnd() const { return position_ == pattern_.size(); }
  char Peek() const { return AtEnd() ? '\0' : pattern_[position_]; }
  std::string_view Rest() const { return pattern_.substr(position_); }
  bool Take(std::string_view token) {
    if (!Rest().starts_with(token)) return false;
    position_ += token.size();
    return true;
  }

  absl::Status Unsupported() const {
    return absl::InvalidArgumentError(
        AtEnd() ? std::string("it ends too early")
                : absl::StrFormat("unsupported at byte %d: \"%s\"", position_,
                                  WithValidUtf8(Rest().substr(0, 12))));
  }

  absl::Status ParseTerms(std::vector<std::string>& items) {
    while (!AtEnd() && Peek() != '|' && Peek() != ')' && Rest() != "$" &&
           !Rest().starts_with("$|")) {
      ABSL_ASSIGN_OR_RETURN(std::string item, ParseAtom());
      ABSL_ASSIGN_OR_RETURN(item, ParseQuantifier(std::move(item)));
      items.push_back(std::move(item));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ParseAtom() {
    if (Rest().starts_with("(")) return ParseGroup();
    ABSL_ASSIGN_OR_RETURN(const CharacterSet set, ParseSetAtom());
    return GbnfJsonCharacter(set);
  }

  absl::StatusOr<std::string> ParseGroup() {
    // Of "(?", only "(?:" is a group like others.
    if (Rest().starts_with("(?") && !Rest().starts_with("(?:")) {
      return Unsupported();
    }
    if (depth_ >= kGroupsDepthMax) return Unsupported();
    ++depth_;
    if (!Take("(?:")) Take("(");
    std::vector<std::string> choices;
    do {
      std::vector<std::string> items;
      ABSL_RETURN_IF_ERROR(ParseTerms(items));
      choices.push_back(GbnfSequence(items));
    } while (Take("|"));
    if (!Take(")")) return Unsupported();
    --depth_;
    return GbnfChoice(choices);
  }

  absl::StatusOr<CharacterSet> ParseSetAtom() {
    if (Take("[")) return ParseSet();
    if (Rest().starts_with("\\")) return ParseEscape();
    if (Take(".")) return LineEndSet().Complement();
    // "{" begins no quantifier here.
    if (kSyntax.find(Peek()) != std::string_view::npos) return Unsupported();
    ABSL_ASSIGN_OR_RETURN(const char32_t character, TakeCharacter());
    return One(character);
  }

  absl::StatusOr<char32_t> TakeCharacter() {
    const auto character = FirstCharacter(Rest());
    if (!character) return Unsupported();
    position_ += character->size;
    return character->value;
  }

  absl::StatusOr<CharacterSet> ParseSet() {
    const size_t start = position_;
    const bool is_negated = Take("^");
    CharacterSet set;
    while (!Take("]")) {
      if (AtEnd()) return Unsupported();
      ABSL_ASSIGN_OR_RETURN(CharacterSet part, ParseSetPart());
      const bool is_range =
          Rest().starts_with("-") && !Rest().starts_with("-]");
      if (is_range) {
        Take("-");
        ABSL_ASSIGN_OR_RETURN(const CharacterSet end, ParseSetPart());
        ABSL_ASSIGN_OR_RETURN(part, RangeOf(part, end));
      }
      set = set.With(part);
    }
    if (is_negated) set = set.Complement();
    if (!set.empty()) return set;
    position_ = start;
    return Unsupported();
  }

  absl::StatusOr<CharacterSet> ParseSetPart() {
    if (Rest().starts_with("\\")) return ParseEscape();
    ABSL_ASSIGN_OR_RETURN(const char32_t character, TakeCharacter());
    return One(character);
  }

  absl::StatusOr<CharacterSet> RangeOf(const CharacterSet& first,
                                       const CharacterSet& last) const {
    const auto is_one = [](const CharacterSet& set) {
      return set.ranges().size() == 1 &&
             set.ranges()[0].first == set.ranges()[0].last;
    };
    if (!is_one(first) || !is_one(last) ||
        first.ranges()[0].first > last.ranges()[0].first) {
      return Unsupported();
    }
    return CharacterSet({{first.ranges()[0].first, last.ranges()[0].first}});
  }

  absl::StatusOr<CharacterSet> ParseEscape() {
    const size_t start = position_;
    Take("\\");
    const char c = Peek();
    if (!AtEnd()) ++position_;
    switch (c) {
      case 'd':
        return DigitSet();
      case 'D':
        return DigitSet().Complement();
      case 'w':
        return WordSet();
      case 'W':
        return WordSet().Complement();
      case 's':
        return AsciiSpaceSet();
      case 'S':
        return SpaceSet().Complement();
      case 't':
        return One('\t');
      case 'n':
        return One('\n');
      case 'r':
        return One('\r');
      case 'f':
        return One('\f');
      case 'v':
        return One('\v');
      case 'x':
      case 'u':
        return ParseHex(c == 'x' ? 2 : 4);
      default:
        break;
    }
    if (absl::ascii_ispunct(static_cast<unsigned char>(c))) {
      return One(static_cast<char32_t>(c));
    }
    position_ = start;
    return Unsupported();
  }

  absl::StatusOr<CharacterSet> ParseHex(size_t digits) {
    uint32_t value = 0;
    const std::string_view text = Rest().substr(0, digits);
    if (text.size() != digits ||
        !std::ranges::all_of(text, absl::ascii_isxdigit) ||
        !absl::SimpleHexAtoi(text, &value) ||
        !CharacterSet::Any().Contains(value)) {
      return Unsupported();
    }
    position_ += digits;
    return One(value);
  }

  absl::StatusOr<std::string> ParseQuantifier(std::string item) {
    int64_t times_min = 0;
    std::optional<int64_t> times_max;
    if (Take("+")) {
      times_min = 1;
    } else if (Take("?")) {
      times_max = 1;
    } else if (Rest().starts_with("{")) {
      ABSL_RETURN_IF_ERROR(ParseTimes(times_min, times_max));
    } else if (!Take("*")) {
      return item;
    }
    Take("?");  // Lazy: it matches the same.
    if (Peek() == '*' || Peek() == '+' || Peek() == '{') return Unsupported();
    return GbnfRepeated(item, times_min, times_max);
  }

  absl::Status ParseTimes(int64_t& times_min,
                          std::optional<int64_t>& times_max) {
    const size_t start = position_;
    Take("{");
    const auto first = TakeCount();
    auto last = first;
    if (Take(",")) {
      last.reset();
      if (Peek() != '}') {
        last = TakeCount();
        if (!last) position_ = start;
      }
    }
    if (position_ == start || !first || !Take("}") ||
        (last && *last < *first)) {
      position_ = start;
      return Unsupported();
    }
    times_min = *first;
    times_max = last;
    return absl::OkStatus();
  }

  std::optional<int64_t> TakeCount() {
    const size_t start = position_;
    while (absl::ascii_isdigit(static_cast<unsigned char>(Peek()))) {
      ++position_;
    }
    int64_t count = 0;
    const std::string_view digits = pattern_.substr(start, position_ - start);
    if (!absl::SimpleAtoi(digits, &count) || count > kTimesMax) {
      return std::nullopt;
    }
    return count;
  }

  const std::string_view pattern_;
  const std::string any_text_;
  size_t position_ = 0;
  int64_t depth_ = 0;
};

}  // namespace

absl::StatusOr<std::string> GbnfTextPattern(std::string_view pattern,
                                            std::string_view any_character) {
  return Parser(pattern, any_character).Parse();
}

}  // namespace hwledger
