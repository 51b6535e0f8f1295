#include "core/utf8.h"

#include <algorithm>
#include <cstdint>

namespace hwledger {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Bytes of the character that `first` begins; 0 where none begins so.
size_t LengthOf(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

// Whether `second` may follow `first`: no overlong forms, no surrogates,
// nothing beyond U+10FFFF (Unicode 15, table 3-7).
bool MayFollow(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

// Bytes of the well-formed beginning of a character at the front of `text`, and
// whether that is all of it.
struct Character {
  size_t size = 0;
  bool is_complete = false;
};

Character FrontOf(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = LengthOf(first);
  if (length == 0) return {};
  size_t size = 1;
  while (
      size < length && size < text.size() && IsContinuation(text[size]) &&
      (size > 1 || MayFollow(first, static_cast<unsigned char>(text[size])))) {
    ++size;
  }
  return {.size = size, .is_complete = size == length};
}

}  // namespace

size_t CompleteUtf8Prefix(std::string_view text) {
  // Only the last three bytes can belong to a character that is not whole.
  for (size_t tail = 1; tail <= 3 && tail <= text.size(); ++tail) {
    const size_t start = text.size() - tail;
    if (IsContinuation(text[start])) continue;
    const Character last = FrontOf(text.substr(start));
    return last.size == tail && !last.is_complete ? start : text.size();
  }
  return text.size();
}

std::optional<Utf8Character> FirstCharacter(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const Character front = FrontOf(text);
  if (!front.is_complete) return std::nullopt;
  const auto first = static_cast<unsigned char>(text[0]);
  // The bits after those that tell the length.
  char32_t value = front.size == 1 ? first : first & (0x7F >> front.size);
  for (const char byte : text.substr(1, front.size - 1)) {
    value = value << 6 | (static_cast<unsigned char>(byte) & 0x3F);
  }
  return Utf8Character{.value = value, .size = front.size};
}

std::string WithValidUtf8(std::string_view text) {
  const bool is_ascii = std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) return std::string(text);
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character front = FrontOf(text);
    if (front.is_complete) {
      result.append(text.substr(0, front.size));
    } else {
      result.append(kReplacement);
    }
    text.remove_prefix(front.size == 0 ? 1 : front.size);
  }
  return result;
}

}  // namespace hwledger
