#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace hwledger {

struct FoundMark {
  size_t position = std::string_view::npos;
  size_t index = 0;  // Of the marks.

  bool found() const { return position != std::string_view::npos; }
};

// The first of `marks` in `text`; of those at one place the longest. None of
// them is empty.
FoundMark FindMark(std::string_view text, absl::Span<const std::string> marks);

// Bytes that `text` ends with and one of `marks` begins with, but not all of
// it: what more text might make a mark of.
size_t HalfMark(std::string_view text, absl::Span<const std::string> marks);

// Bytes of `text` before the whitespace that it ends with.
size_t WithoutTrailingSpace(std::string_view text);

}  // namespace hwledger
