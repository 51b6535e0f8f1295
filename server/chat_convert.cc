#include "server/chat_convert.h"

#include <string>

#include "google/protobuf/util/json_util.h"

namespace hwledger {
namespace {

v1::ToolChoice ToProto(ToolChoice choice) {
  switch (choice) {
    case ToolChoice::kAuto:
      return v1::TOOL_CHOICE_AUTO;
    case ToolChoice::kNone:
      return v1::TOOL_CHOICE_NONE;
    case ToolChoice::kRequired:
      return v1::TOOL_CHOICE_REQUIRED;
  }
  return v1::TOOL_CHOICE_UNSPECIFIED;
}

ToolChoice FromProto(v1::ToolChoice choice) {
  switch (choice) {
    case v1::TOOL_CHOICE_NONE:
      return ToolChoice::kNone;
    case v1::TOOL_CHOICE_REQUIRED:
      return ToolChoice::kRequired;
    default:
      return ToolChoice::kAuto;
  }
}

v1::ChatMessage ToProto(const ChatMessage& message) {
  v1::ChatMessage result;
  result.set_role(message.role);
  result.set_content(message.content);
  for (const ToolCall& call : message.tool_calls) {
    *result.add_tool_calls() = ToProto(call);
  }
  result.set_tool_call_id(message.tool_call_id);
  result.set_reasoning(message.reasoning);
  return result;
}

ChatMessage FromProto(const v1::ChatMessage& message) {
  ChatMessage result = {.role = message.role(),
                        .content = message.content(),
                        .tool_call_id = message.tool_call_id(),
                        .reasoning = message.reasoning()};
  for (const v1::ToolCall& call : message.tool_calls()) {
    result.tool_calls.push_back(hwledger::FromProto(call));
  }
  return result;
}

}  // namespace

v1::Chat ToProto(const Chat& chat) {
  v1::Chat message;
  for (const ChatMessage& one : chat.messages) {
    *message.add_messages() = ToProto(one);
  }
  for (const ChatTool& tool : chat.tools) {
    v1::ChatTool& added = *message.add_tools();
    added.set_name(tool.name);
    added.set_description(tool.description);
    added.set_parameters_schema(tool.parameters_schema);
  }
  message.set_tool_choice(ToProto(chat.tool_choice));
  message.set_tool_name(chat.tool_name);
  if (chat.thinking) message.set_thinking(*chat.thinking);
  return message;
}

Chat FromProto(const v1::Chat& message) {
  Chat chat = {.tool_choice = FromProto(message.tool_choice()),
               .tool_name = message.tool_name()};
  for (const v1::ChatMessage& one : message.messages()) {
    chat.messages.push_back(FromProto(one));
  }
  for (const v1::ChatTool& tool : message.tools()) {
    chat.tools.push_back({.name = tool.name(),
                          .description = tool.description(),
                          .parameters_schema = tool.parameters_schema()});
  }
  if (message.has_thinking()) chat.thinking = message.thinking();
  return chat;
}

v1::ToolCall ToProto(const ToolCall& call) {
  v1::ToolCall message;
  message.set_id(call.id);
  message.set_name(call.name);
  // Core has checked that it is an object, and not a deep one. What a Struct
  // cannot hold all the same (none is known) leaves it empty.
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      call.arguments_json, message.mutable_arguments());
  if (!parsed.ok()) message.mutable_arguments()->Clear();
  return message;
}

ToolCall FromProto(const v1::ToolCall& message) {
  ToolCall call = {.id = message.id(), .name = message.name()};
  const auto written = google::protobuf::util::MessageToJsonString(
      message.arguments(), &call.arguments_json);
  // A number of a Struct may be none in JSON.
  if (!written.ok()) call.arguments_json.clear();
  return call;
}

}  // namespace hwledger
