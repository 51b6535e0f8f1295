#include "core/engine/mark_search.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace hwledger {

FoundMark FindMark(std::string_view text, absl::Span<const std::string> marks) {
  FoundMark first;
  for (size_t i = 0; i < marks.size(); ++i) {
    const size_t position = text.find(marks[i]);
    if (position == std::string_view::npos) continue;
    if (position < first.position ||
        (position == first.position &&
         marks[i].size() > marks[first.index].size())) {
      first = {.position = position, .index = i};
    }
  }
  return first;
}

size_t HalfMark(std::string_view text, absl::Span<const std::string> marks) {
  size_t longest = 0;
  for (const std::string& mark : marks) {
    for (size_t length = std::min(mark.size() - 1, text.size());
         length > longest; --length) {
      if (text.ends_with(std::string_view(mark).substr(0, length))) {
        longest = length;
      }
    }
  }
  return longest;
}

size_t WithoutTrailingSpace(std::string_view text) {
  return absl::StripTrailingAsciiWhitespace(text).size();
}

}  // namespace hwledger
