#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hwledger {

// A part of a prompt.
struct PromptPart {
  std::string text;
  // It was said: the text of a control token in it is a text.
  bool is_said = false;

  friend bool operator==(const PromptPart&, const PromptPart&) = default;
};

// Keeps what people and tools say from becoming control tokens: a message may
// quote "<|im_end|>" without ending. Such a text is put between marks before a
// template writes the conversation down, and found by them afterwards. All
// else is left alone, so that templates which look into a message, and the
// tokens of messages that quote nothing, are as ever.
class ControlMarks {
 public:
  // `controls`: the texts of control tokens. Nobody who writes a message can
  // guess the marks.
  explicit ControlMarks(const std::vector<std::string>& controls);

  // What is said, with marks.
  std::string Mark(std::string_view said) const;
  // `text` in parts, without marks; none is empty.
  std::vector<PromptPart> Split(std::string_view text) const;

 private:
  // Bytes of the longest control text that `text` begins with; 0: none.
  size_t ControlAt(std::string_view text) const;

  std::set<std::string, std::less<>> controls_;
  std::set<size_t, std::greater<>> lengths_;  // Of controls_, longest first.
  std::array<bool, 256> begins_ = {};         // By the first byte of one.
  std::string begin_;
  std::string end_;
};

}  // namespace hwledger
