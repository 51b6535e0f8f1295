#include "core/engine/control_marks.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// Letters and digits alone: every template and JSON leave them as they are.
std::string RandomMark() {
  std::random_device random;
  std::string mark = "hwledger";
  for (int i = 0; i < 4; ++i) absl::StrAppend(&mark, absl::Hex(random()), "x");
  return mark;
}

}  // namespace

ControlMarks::ControlMarks(const std::vector<std::string>& controls)
    : begin_(RandomMark()), end_(RandomMark()) {
  for (const std::string& control : controls) {
    if (control.empty()) continue;
    controls_.insert(control);
    lengths_.insert(control.size());
    begins_[static_cast<uint8_t>(control[0])] = true;
  }
}

size_t ControlMarks::ControlAt(std::string_view text) const {
  if (!begins_[static_cast<uint8_t>(text[0])]) return 0;
  for (const size_t length : lengths_) {
    if (length <= text.size() && controls_.contains(text.substr(0, length))) {
      return length;
    }
  }
  return 0;
}

std::string ControlMarks::Mark(std::string_view said) const {
  std::string marked;
  for (size_t i = 0; i < said.size();) {
    const size_t length = ControlAt(said.substr(i));
    if (length == 0) {
      marked += said[i++];
    } else {
      absl::StrAppend(&marked, begin_, said.substr(i, length), end_);
      i += length;
    }
  }
  return marked;
}

std::vector<PromptPart> ControlMarks::Split(std::string_view text) const {
  std::vector<PromptPart> parts;
  const auto add = [&](std::string_view part, bool is_said) {
    if (!part.empty()) parts.push_back({std::string(part), is_said});
  };
  bool is_said = false;
  while (!text.empty()) {
    // A template may have cut one of them off: each stands for itself.
    const size_t begin = text.find(begin_);
    const size_t end = text.find(end_);
    const size_t next = std::min(begin, end);
    add(text.substr(0, next), is_said);
    if (next == std::string_view::npos) break;
    is_said = begin < end;
    text.remove_prefix(next + (is_said ? begin_ : end_).size());
  }
  return parts;
}

}  // namespace hwledger
