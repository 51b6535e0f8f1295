#include "core/engine/chat.h"

#include <set>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/engine/json_depth.h"
#include "core/field_error.h"
#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

// Each takes part of the context; no model chooses among more.
constexpr int64_t kToolsMax = 128;

constexpr size_t kNameBytesMax = 64;

// Objects and arrays within one another: no schema of a function's arguments
// comes near it.
constexpr int64_t kSchemaDepthMax = 64;

// Enough of a value to recognise it by.
std::string Quoted(std::string_view value) {
  return absl::StrCat("\"", value.substr(0, kNameBytesMax), "\"");
}

bool IsName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_' &&
        c != '-' && c != '.') {
      return false;
    }
  }
  return true;
}

absl::Status ValidateTool(const std::string& field, const ChatTool& tool) {
  if (!IsName(tool.name)) {
    return FieldError(
        field + ".name",
        absl::StrFormat("must be 1 to %d letters, digits, _, - and .; got %s",
                        kNameBytesMax, Quoted(tool.name)));
  }
  if (tool.parameters_schema.empty()) return absl::OkStatus();
  if (!IsShallow(tool.parameters_schema, kSchemaDepthMax)) {
    return FieldError(
        field + ".parameters_schema",
        absl::StrFormat("must not be deeper than %d; got %s", kSchemaDepthMax,
                        Quoted(tool.parameters_schema)));
  }
  const auto schema = ParseShallowJson(tool.parameters_schema);
  if (schema.ok() && schema->is_object()) return absl::OkStatus();
  const bool is_json = schema.ok() && !schema->is_discarded();
  return FieldError(
      field + ".parameters_schema",
      absl::StrCat("must be a JSON object; got ",
                   Quoted(tool.parameters_schema),
                   is_json ? "" : ", which is not JSON",
                   schema.ok() ? "" : ": ", schema.status().message()));
}

absl::Status ValidateTools(const Chat& chat) {
  if (std::ssize(chat.tools) > kToolsMax) {
    return FieldError("chat.tools",
                      absl::StrFormat("must hold at most %d tools; got %d",
                                      kToolsMax, chat.tools.size()));
  }
  std::set<std::string_view> names;
  for (size_t i = 0; i < chat.tools.size(); ++i) {
    const std::string field = absl::StrFormat("chat.tools[%d]", i);
    ABSL_RETURN_IF_ERROR(ValidateTool(field, chat.tools[i]));
    if (!names.insert(chat.tools[i].name).second) {
      return FieldError(field + ".name",
                        absl::StrCat("must be unique; got ",
                                     Quoted(chat.tools[i].name), " twice"));
    }
  }
  if (chat.tool_choice == ToolChoice::kRequired && chat.tools.empty()) {
    return FieldError("chat.tool_choice", "needs tools to choose from");
  }
  if (chat.tool_name.empty()) return absl::OkStatus();
  if (chat.tool_choice != ToolChoice::kRequired) {
    return FieldError("chat.tool_name",
                      absl::StrCat("needs tool_choice REQUIRED; got ",
                                   Quoted(chat.tool_name), " without it"));
  }
  if (!names.contains(chat.tool_name)) {
    return FieldError(
        "chat.tool_name",
        absl::StrCat("must be one of the tools; got ", Quoted(chat.tool_name)));
  }
  return absl::OkStatus();
}

absl::Status ValidateCalls(const std::string& field, const ChatMessage& message,
                           std::set<std::string_view>& call_ids) {
  if (message.role != "assistant") {
    if (!message.tool_calls.empty()) {
      return FieldError(field + ".tool_calls",
                        absl::StrCat("are an assistant's; got them from role ",
                                     Quoted(message.role)));
    }
    if (!message.reasoning.empty()) {
      return FieldError(field + ".reasoning",
                        absl::StrCat("is an assistant's; got it from role ",
                                     Quoted(message.role)));
    }
  }
  for (size_t i = 0; i < message.tool_calls.size(); ++i) {
    const ToolCall& call = message.tool_calls[i];
    const std::string inner = absl::StrFormat("%s.tool_calls[%d]", field, i);
    if (!IsName(call.name)) {
      return FieldError(
          inner + ".name",
          absl::StrFormat("must be 1 to %d letters, digits, _, - and .; got %s",
                          kNameBytesMax, Quoted(call.name)));
    }
    if (call.id.empty() || !call_ids.insert(call.id).second) {
      return FieldError(
          inner + ".id",
          absl::StrCat("must be there and unique within the conversation; got ",
                       Quoted(call.id)));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateAnswered(const std::string& field,
                              const ChatMessage& message,
                              const std::set<std::string_view>& call_ids) {
  if (message.role == "tool" && !call_ids.contains(message.tool_call_id)) {
    return FieldError(field + ".tool_call_id",
                      absl::StrCat("must be the id of a call before it; got ",
                                   Quoted(message.tool_call_id)));
  }
  if (message.role != "tool" && !message.tool_call_id.empty()) {
    return FieldError(
        field + ".tool_call_id",
        absl::StrCat("is a tool's; got it from role ", Quoted(message.role)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const Chat& chat) {
  if (chat.messages.empty()) {
    return FieldError("chat.messages", "must not be empty");
  }
  std::set<std::string_view> call_ids;
  for (size_t i = 0; i < chat.messages.size(); ++i) {
    const ChatMessage& message = chat.messages[i];
    const std::string field = absl::StrFormat("chat.messages[%d]", i);
    if (message.role != "system" && message.role != "user" &&
        message.role != "assistant" && message.role != "tool") {
      return FieldError(
          field + ".role",
          absl::StrCat("must be system, user, assistant or tool; got ",
                       Quoted(message.role)));
    }
    ABSL_RETURN_IF_ERROR(ValidateAnswered(field, message, call_ids));
    ABSL_RETURN_IF_ERROR(ValidateCalls(field, message, call_ids));
  }
  return ValidateTools(chat);
}

}  // namespace hwledger
