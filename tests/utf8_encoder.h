#pragma once

#include <string>

namespace hwledger {

inline void AppendUtf8(char32_t character, std::string& text) {
  const auto append = [&](char32_t bits) {
    text += static_cast<char>(static_cast<unsigned char>(bits));
  };
  const auto append_rest = [&](int shift) {
    append(0x80 | (character >> shift & 0x3F));
  };
  if (character < 0x80) {
    append(character);
  } else if (character < 0x800) {
    append(0xC0 | character >> 6);
    append_rest(0);
  } else if (character < 0x10000) {
    append(0xE0 | character >> 12);
    append_rest(6);
    append_rest(0);
  } else {
    append(0xF0 | character >> 18);
    append_rest(12);
    append_rest(6);
    append_rest(0);
  }
}

}  // namespace hwledger
