#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace hwledger {

// A model asks for a function.
struct ToolCall {
  std::string id;  // Unique within the conversation.
  std::string name;
  std::string arguments_json;  // An object.

  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

struct ChatMessage {
  std::string role;
  std::string content;
  std::vector<ToolCall> tool_calls;  // Of an assistant.
  std::string tool_call_id;          // Of a tool: the call that it answers.
  std::string reasoning;             // Of an assistant.

  friend bool operator==(const ChatMessage&, const ChatMessage&) = default;
};

// A function that a model may ask for.
struct ChatTool {
  std::string name;
  std::string description;
  std::string parameters_schema;  // JSON Schema. Empty: no arguments.

  friend bool operator==(const ChatTool&, const ChatTool&) = default;
};

enum class ToolChoice { kAuto, kNone, kRequired };

// A conversation for a model to go on with.
struct Chat {
  std::vector<ChatMessage> messages;
  std::vector<ChatTool> tools;
  ToolChoice tool_choice = ToolChoice::kAuto;
  std::string tool_name;         // The one to call; empty: any.
  std::optional<bool> thinking;  // Absent: as the template does.

  // Whether what the model says may be a call.
  bool may_call() const {
    return !tools.empty() && tool_choice != ToolChoice::kNone;
  }

  friend bool operator==(const Chat&, const Chat&) = default;
};

// InvalidArgument: a field is out of range, or two contradict each other; names
// field and value.
absl::Status Validate(const Chat& chat);

}  // namespace hwledger
