#include "clients/cli/utf8.h"

#include <array>
#include <bit>
#include <cstdint>

namespace hwledger {
namespace {

// The least code point that needs this many bytes; a smaller one is overlong.
constexpr std::array<uint32_t, 5> kCodePointMin = {0, 0, 0x80, 0x800, 0x10000};

// Bytes of the code point that `text` starts with; 0 where it is malformed.
size_t CodePointLength(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return 1;
  const auto length = static_cast<size_t>(std::countl_one(lead));
  if (length < 2 || length > 4 || length > text.size()) return 0;
  uint32_t code_point = lead & (0x7FU >> length);
  for (const char byte : text.substr(1, length - 1)) {
    if ((byte & 0xC0) != 0x80) return 0;
    code_point = code_point << 6 | (static_cast<uint8_t>(byte) & 0x3FU);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  const bool in_range =
      code_point >= kCodePointMin[length] && code_point <= 0x10FFFF;
  return in_range && !surrogate ? length : 0;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = CodePointLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace hwledger
