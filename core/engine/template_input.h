#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/engine/chat.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// How a template wants a conversation; what most of them take is the default.
struct TemplateForm {
  // A text as it is, or as a list of parts.
  bool content_in_parts = false;
  // What a call is given, as an object or as JSON text.
  bool arguments_as_text = false;
};

// What templates see of a conversation: OpenAI's form, which all of them were
// written for. `say` is applied to every text that the conversation brings.
nlohmann::ordered_json MessagesForTemplate(
    absl::Span<const ChatMessage> messages, const TemplateForm& form,
    const std::function<std::string(std::string_view)>& say);

// Null where there are none, as templates expect it.
nlohmann::ordered_json ToolsForTemplate(
    absl::Span<const ChatTool> tools,
    const std::function<std::string(std::string_view)>& say);

}  // namespace hwledger
