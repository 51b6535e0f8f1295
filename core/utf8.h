#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hwledger {

// Bytes of `text` up to the end of its last whole character. What follows may
// still become one with more bytes.
size_t CompleteUtf8Prefix(std::string_view text);

struct Utf8Character {
  char32_t value = 0;
  size_t size = 0;  // Bytes.
};

// The character that `text` begins with. Nothing where it is empty, ill-formed
// or not whole.
std::optional<Utf8Character> FirstCharacter(std::string_view text);

// `text` with U+FFFD in the place of each ill-formed sequence.
std::string WithValidUtf8(std::string_view text);

}  // namespace hwledger
