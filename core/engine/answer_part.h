#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/engine/chat.h"

namespace hwledger {

// What a model says, taken apart.

struct AnswerText {
  std::string text;

  friend bool operator==(const AnswerText&, const AnswerText&) = default;
};

struct ReasoningText {
  std::string text;

  friend bool operator==(const ReasoningText&, const ReasoningText&) = default;
};

using AnswerPart = std::variant<AnswerText, ReasoningText, ToolCall>;

// Adds text; to the last part where that is of the same kind.
template <typename Text>
void AppendText(std::string_view text, std::vector<AnswerPart>& parts) {
  if (text.empty()) return;
  if (parts.empty() || !std::holds_alternative<Text>(parts.back())) {
    parts.push_back(Text());
  }
  std::get<Text>(parts.back()).text += text;
}

}  // namespace hwledger
