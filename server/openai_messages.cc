#include "server/openai_messages.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/http_message.h"
#include "server/rpc_message.h"

namespace hwledger {
namespace {

using nlohmann::json;

// `read` takes each element and where it stands.
template <typename Read>
absl::Status ForEachObject(const JsonFields& fields, std::string_view name,
                           const Read& read) {
  const json* array = fields.Find(name);
  if (array == nullptr) return absl::OkStatus();
  if (!array->is_array()) {
    return MustBe(fields.PlaceOf(name), "an array", *array);
  }
  for (size_t i = 0; i < array->size(); ++i) {
    const std::string place = absl::StrCat(fields.PlaceOf(name), "[", i, "]");
    const json& element = (*array)[i];
    if (!element.is_object()) return MustBe(place, "an object", element);
    ABSL_RETURN_IF_ERROR(read(JsonFields(element, place)));
  }
  return absl::OkStatus();
}

// Text, or an array of parts that are text.
absl::StatusOr<std::string> ReadContent(const JsonFields& fields) {
  const json* content = fields.Find("content");
  if (content == nullptr) return "";
  if (content->is_string()) return content->get<std::string>();
  std::string text;
  ABSL_RETURN_IF_ERROR(ForEachObject(
      fields, "content", [&](const JsonFields& part) -> absl::Status {
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

// Of something with a "function" in it: what that is.
absl::StatusOr<JsonFields> FunctionOf(const JsonFields& fields) {
  ABSL_ASSIGN_OR_RETURN(const auto type, fields.Text("type"));
  if (type.value_or("function") != "function") {
    return FieldError(fields.PlaceOf("type"),
                      absl::StrCat("must be function; got \"", *type, "\""));
  }
  const json* function = fields.Find("function");
  if (function == nullptr || !function->is_object()) {
    return FieldError(fields.PlaceOf("function"), "must be an object");
  }
  return JsonFields(*function, fields.PlaceOf("function"));
}

absl::Status ReadCall(const JsonFields& fields, v1::ToolCall& call) {
  ABSL_ASSIGN_OR_RETURN(auto id, fields.Text("id"));
  call.set_id(std::move(id).value_or(""));
  ABSL_ASSIGN_OR_RETURN(const JsonFields function, FunctionOf(fields));
  ABSL_ASSIGN_OR_RETURN(auto name, function.Text("name"));
  call.set_name(std::move(name).value_or(""));
  ABSL_ASSIGN_OR_RETURN(const auto arguments, function.Text("arguments"));
  if (arguments.value_or("").empty()) return absl::OkStatus();
  const absl::Status parsed =
      DecodeMessage(RpcEncoding::kJson, *arguments, *call.mutable_arguments());
  if (parsed.ok()) return absl::OkStatus();
  return FieldError(function.PlaceOf("arguments"),
                    "must be a JSON object as text");
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
  return ForEachObject(fields, "tool_calls", [&](const JsonFields& call) {
    return ReadCall(call, *message.add_tool_calls());
  });
}

absl::Status ReadTool(const JsonFields& fields, v1::ChatTool& tool) {
  ABSL_ASSIGN_OR_RETURN(const JsonFields function, FunctionOf(fields));
  ABSL_ASSIGN_OR_RETURN(auto name, function.Text("name"));
  tool.set_name(std::move(name).value_or(""));
  ABSL_ASSIGN_OR_RETURN(auto description, function.Text("description"));
  tool.set_description(std::move(description).value_or(""));
  if (const json* parameters = function.Find("parameters")) {
    tool.set_parameters_schema(ToText(*parameters));
  }
  return absl::OkStatus();
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
  return ForEachObject(fields, "messages", [&](const JsonFields& message) {
    return ReadMessage(message, *chat.add_messages());
  });
}

absl::Status ReadOpenAiTools(const JsonFields& fields, v1::Chat& chat) {
  ABSL_RETURN_IF_ERROR(
      ForEachObject(fields, "tools", [&](const JsonFields& tool) {
        return ReadTool(tool, *chat.add_tools());
      }));
  return ReadToolChoice(fields, chat);
}

}  // namespace hwledger
