#include "core/engine/template_input.h"

#include <map>
#include <utility>

namespace hwledger {
namespace {

using Json = nlohmann::ordered_json;
using Say = std::function<std::string(std::string_view)>;

// Every text in `value` as `say` has it. Not the keys: none of them is free
// text where it comes from a schema, and what a call names is checked.
Json Said(Json value, const Say& say) {
  if (value.is_string()) return say(value.get<std::string>());
  if (value.is_object() || value.is_array()) {
    for (auto& part : value) part = Said(std::move(part), say);
  }
  return value;
}

// Sorted by key: what has come over the wire as a map has no order, and the
// same conversation must always be the same prompt.
Json ArgumentsOf(const ToolCall& call, const TemplateForm& form,
                 const Say& say) {
  Json arguments = Json::object();
  if (!call.arguments_json.empty()) {
    const auto sorted = nlohmann::json::parse(call.arguments_json, nullptr,
                                              /*allow_exceptions=*/false);
    if (sorted.is_object()) arguments = Json::parse(sorted.dump());
  }
  if (form.arguments_as_text) return say(arguments.dump());
  return Said(std::move(arguments), say);
}

Json CallsOf(const ChatMessage& message, const TemplateForm& form,
             const Say& say) {
  Json calls = Json::array();
  for (const ToolCall& call : message.tool_calls) {
    calls.push_back(
        {{"id", say(call.id)},
         {"type", "function"},
         {"function",
          {{"name", call.name}, {"arguments", ArgumentsOf(call, form, say)}}}});
  }
  return calls;
}

Json ContentOf(const ChatMessage& message, const TemplateForm& form,
               const Say& say) {
  Json content = say(message.content);
  if (!form.content_in_parts) return content;
  return Json::array({{{"type", "text"}, {"text", std::move(content)}}});
}

}  // namespace

Json MessagesForTemplate(absl::Span<const ChatMessage> messages,
                         const TemplateForm& form, const Say& say) {
  std::map<std::string_view, std::string_view> names;  // Of calls, by id.
  Json list = Json::array();
  for (const ChatMessage& message : messages) {
    Json written = {{"role", message.role},
                    {"content", ContentOf(message, form, say)}};
    if (!message.reasoning.empty()) {
      written["reasoning_content"] = say(message.reasoning);
      written["thinking"] = say(message.reasoning);
    }
    if (!message.tool_calls.empty()) {
      written["tool_calls"] = CallsOf(message, form, say);
      for (const ToolCall& call : message.tool_calls)
        names[call.id] = call.name;
    }
    if (message.role == "tool") {
      written["tool_call_id"] = say(message.tool_call_id);
      written["name"] = std::string(names[message.tool_call_id]);
    }
    list.push_back(std::move(written));
  }
  return list;
}

Json ToolsForTemplate(absl::Span<const ChatTool> tools, const Say& say) {
  if (tools.empty()) return nullptr;
  Json list = Json::array();
  for (const ChatTool& tool : tools) {
    Json parameters = {{"type", "object"}, {"properties", Json::object()}};
    if (!tool.parameters_schema.empty()) {
      const Json schema = Json::parse(tool.parameters_schema, nullptr,
                                      /*allow_exceptions=*/false);
      if (schema.is_object()) parameters = Said(schema, say);
    }
    list.push_back({{"type", "function"},
                    {"function",
                     {{"name", tool.name},
                      {"description", say(tool.description)},
                      {"parameters", std::move(parameters)}}}});
  }
  return list;
}

}  // namespace hwledger
