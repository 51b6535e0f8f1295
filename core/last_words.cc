#include "core/last_words.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"

namespace hwledger {
namespace {

constexpr size_t kLinesMax = 3;

// ggml_abort writes "ggml/src/ggml.c:4711: GGML_ASSERT(a == b) failed", and so
// does assert: a file of source code, a line number, what was wrong.
bool TellsAnAssertion(std::string_view line) {
  for (const std::string_view ending :
       {".c:", ".cc:", ".cpp:", ".cu:", ".cuh:", ".h:", ".m:"}) {
    const size_t found = line.find(ending);
    if (found == line.npos) continue;
    const std::string_view rest = line.substr(found + ending.size());
    const size_t digits = rest.find_first_not_of("0123456789");
    if (digits != 0 && digits != rest.npos && rest[digits] == ':') return true;
  }
  return false;
}

}  // namespace

void LastWords::Add(std::string line) {
  if (TellsAnAssertion(line)) assertion_ = line;
  lines_.push_back(std::move(line));
  if (lines_.size() > kLinesMax) lines_.pop_front();
}

std::string LastWords::Text() const {
  return assertion_.empty() ? absl::StrJoin(lines_, " | ") : assertion_;
}

}  // namespace hwledger
