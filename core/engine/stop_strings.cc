#include "core/engine/stop_strings.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hwledger {
namespace {

// For each prefix of `string`: how long a shorter prefix of it is that it ends
// with.
std::vector<size_t> Fallbacks(const std::string& string) {
  std::vector<size_t> fallback(string.size() + 1, 0);
  size_t matched = 0;
  for (size_t i = 1; i < string.size(); ++i) {
    while (matched > 0 && string[i] != string[matched]) {
      matched = fallback[matched];
    }
    if (string[i] == string[matched]) ++matched;
    fallback[i + 1] = matched;
  }
  return fallback;
}

}  // namespace

void StopStrings::Search::Advance(char byte) {
  while (matched > 0 && byte != string[matched]) matched = fallback[matched];
  if (byte == string[matched]) ++matched;
}

StopStrings::StopStrings(const std::vector<std::string>& strings) {
  for (const std::string& string : strings) {
    searches_.push_back({string, Fallbacks(string)});
  }
}

std::string StopStrings::Add(std::string_view piece) {
  assert(found_.empty());
  size_t matched_max = 0;
  for (const char byte : piece) {
    held_ += byte;
    matched_max = 0;
    for (Search& search : searches_) {
      search.Advance(byte);
      matched_max = std::max(matched_max, search.matched);
      if (search.matched == search.string.size() &&
          search.matched > found_.size()) {
        found_ = search.string;
      }
    }
    if (!found_.empty()) {
      held_.resize(held_.size() - found_.size());
      return Flush();
    }
  }
  if (piece.empty()) return "";
  std::string certain = held_.substr(0, held_.size() - matched_max);
  held_.erase(0, certain.size());
  return certain;
}

std::string StopStrings::Flush() { return std::exchange(held_, {}); }

}  // namespace hwledger
