#include "server/openai_messages.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/generation_fields.h"

namespace hwledger {
namespace {

using nlohmann::json;

// Text, or an array of parts that are text.
absl::StatusOr<std::string> ReadContent(const JsonFields& fields) {
  const json* content = fields.Find("content");
  if (content == nullptr) return "";
  if (content->is_string()) return content->get<std::string>();
  std::string text;
  ABSL_RETURN_IF_ERROR(
      fields.ForEach("content", [&](const JsonFields& part) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(const auto type, part.Text("type"));
        if (type != "text" && type != "refusal") {
          return FieldError(
              part.PlaceOf("type"),
              absl::StrCat("must be text; got \"", type.value_or(""), "\""));
        }
        ABSL_ASSIGN_OR_RETURN(const auto added, part.Text(*type));
        text += added.value_or("");
        return absl::OkStatus();
      }));
  return text;
}

absl::Status ReadMessage(const JsonFields& fields, v1::ChatMessage& message) {
  ABSL_ASSIGN_OR_RETURN(auto role, fields.Text("role"));
  // The newer word for it.
  if (role == "developer") role = "system";
  message.set_role(std::move(role).value_or(""));
  ABSL_ASSIGN_OR_RETURN(*message.mutable_content(), ReadContent(fields));
  ABSL_ASSIGN_OR_RETURN(auto reasoning, fields.Text("reasoning_content"));
  message.set_reasoning(std::move(reasoning).value_or(""));
  ABSL_ASSIGN_OR_RETURN(auto call_id, fields.Text("tool_call_id"));
  message.set_tool_call_id(std::move(call_id).value_or(""));
  if (fields.Find("function_call") != nullptr) {
    return FieldError(fields.PlaceOf("function_call"), "is not supported");
  }
  return fields.ForEach("tool_calls", [&](const JsonFields& call) {
    return ReadToolCall(call, *message.add_tool_calls());
  });
}

absl::Status ReadToolChoice(const JsonFields& fields, v1::Chat& chat) {
  const json* choice = fields.Find("tool_choice");
  if (choice == nullptr) return absl::OkStatus();
  if (choice->is_object()) {
    ABSL_ASSIGN_OR_RETURN(const JsonFields function,
                          FunctionOf(JsonFields(*choice, "tool_choice")));
    ABSL_ASSIGN_OR_RETURN(auto name, function.Text("name"));
    chat.set_tool_choice(v1::TOOL_CHOICE_REQUIRED);
    chat.set_tool_name(std::move(name).value_or(""));
  } else if (*choice == "auto") {
    chat.set_tool_choice(v1::TOOL_CHOICE_AUTO);
  } else if (*choice == "none") {
    chat.set_tool_choice(v1::TOOL_CHOICE_NONE);
  } else if (*choice == "required") {
    chat.set_tool_choice(v1::TOOL_CHOICE_REQUIRED);
  } else {
    return MustBe("tool_choice", "auto, none, required or a function", *choice);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadOpenAiMessages(const JsonFields& fields, v1::Chat& chat) {
  if (fields.Find("messages") == nullptr) {
    return FieldError("messages", "must be given");
  }
  return fields.ForEach("messages", [&](const JsonFields& message) {
    return ReadMessage(message, *chat.add_messages());
  });
}

absl::Status ReadOpenAiTools(const JsonFields& fields, v1::Chat& chat) {
  ABSL_RETURN_IF_ERROR(ReadTools(fields, chat));
  return ReadToolChoice(fields, chat);
}

}  // namespace hwledger
