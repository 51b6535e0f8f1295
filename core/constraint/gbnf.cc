#include "core/constraint/gbnf.h"

#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace hwledger {
namespace {

// What JSON cannot write as it is.
CharacterSet EscapedInJson() {
  return CharacterSet({{0, 0x1F}, {'"', '"'}, {'\\', '\\'}});
}

struct ShortEscape {
  char32_t character;
  std::string_view text;
};
constexpr std::array<ShortEscape, 7> kShortEscapes = {{{'"', R"(\")"},
                                                       {'\\', R"(\\)"},
                                                       {'\n', R"(\n)"},
                                                       {'\r', R"(\r)"},
                                                       {'\t', R"(\t)"},
                                                       {'\b', R"(\b)"},
                                                       {'\f', R"(\f)"}}};

std::string SetCharacter(char32_t character) {
  if (character < 0x80 &&
      absl::ascii_isalnum(static_cast<unsigned char>(character))) {
    return std::string(1, static_cast<char>(character));
  }
  const auto value = static_cast<uint32_t>(character);
  if (value < 0x100) return absl::StrFormat("\\x%02X", value);
  if (value < 0x10000) return absl::StrFormat("\\u%04X", value);
  return absl::StrFormat("\\U%08X", value);
}

std::string Group(absl::Span<const std::string> items,
                  std::string_view separator) {
  if (items.size() == 1) return items.front();
  return absl::StrCat("(", absl::StrJoin(items, separator), ")");
}

}  // namespace

std::string GbnfLiteral(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      literal += '\\';
      literal += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&literal, "\\x%02X", static_cast<uint32_t>(c));
    } else {
      literal += c;
    }
  }
  literal += '"';
  return literal;
}

std::string GbnfSet(const CharacterSet& set) {
  std::string text = "[";
  for (const auto& [first, last] : set.ranges()) {
    text += SetCharacter(first);
    if (last != first) absl::StrAppend(&text, "-", SetCharacter(last));
  }
  return text + "]";
}

std::string GbnfSequence(absl::Span<const std::string> items) {
  return items.empty() ? "\"\"" : Group(items, " ");
}

std::string GbnfChoice(absl::Span<const std::string> items) {
  return Group(items, " | ");
}

std::string GbnfRepeated(std::string_view item, int64_t times_min,
                         std::optional<int64_t> times_max) {
  if (times_max == 0) return "\"\"";
  if (times_min == 1 && times_max == 1) return std::string(item);
  // In a group: a further repetition follows all of it.
  if (times_max) {
    return absl::StrFormat("(%s{%d,%d})", item, times_min, *times_max);
  }
  return absl::StrFormat("(%s{%d,})", item, times_min);
}

std::string GbnfJsonCharacter(const CharacterSet& set) {
  std::vector<std::string> items;
  const CharacterSet plain = set.Without(EscapedInJson());
  if (!plain.empty()) items.push_back(GbnfSet(plain));
  for (const auto& [character, text] : kShortEscapes) {
    if (set.Contains(character)) items.push_back(GbnfLiteral(text));
  }
  if (items.empty()) {
    const auto control = static_cast<uint32_t>(set.ranges().front().first);
    items.push_back(GbnfLiteral(absl::StrFormat("\\u%04x", control)));
  }
  return GbnfChoice(items);
}

}  // namespace hwledger
