#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hwledger {

// Bytes of `text` up to the end of its last whole character. What follows may
// still become one with more bytes.
size_t CompleteUtf8Prefix(std::string_view text);

// `text` with U+FFFD in the place of each ill-formed sequence.
std::string WithValidUtf8(std::string_view text);

}  // namespace hwledger
