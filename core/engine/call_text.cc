#include "core/engine/call_text.h"

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "core/engine/json_depth.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using Json = nlohmann::json;

// Objects within objects in what a call is given. A protobuf message holds
// about thirty.
constexpr int64_t kDepthMax = 24;

Json Parse(std::string_view json) {
  if (!IsShallow(json, kDepthMax)) return Json(Json::value_t::discarded);
  return Json::parse(json, nullptr, /*allow_exceptions=*/false);
}

const Json* Find(const Json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found != object.end()) return &*found;
  }
  return nullptr;
}

std::optional<ToolCall> CallOf(std::string_view name, const Json& arguments,
                               const std::vector<ChatTool>& tools) {
  if (!absl::c_any_of(
          tools, [&](const ChatTool& tool) { return tool.name == name; })) {
    return std::nullopt;
  }
  if (!arguments.is_object()) return std::nullopt;
  return ToolCall{.name = std::string(name),
                  .arguments_json = arguments.dump()};
}

std::optional<ToolCall> CallOf(const Json& call,
                               const std::vector<ChatTool>& tools) {
  if (!call.is_object()) return std::nullopt;
  const Json* name = Find(call, {"name", "tool_name", "function"});
  if (name == nullptr || !name->is_string()) return std::nullopt;
  const Json* arguments = Find(call, {"arguments", "parameters"});
  if (arguments == nullptr)
    return CallOf(name->get<std::string>(), Json::object(), tools);
  // As OpenAI has it: a text that is JSON.
  if (arguments->is_string()) {
    return CallOf(name->get<std::string>(),
                  Parse(arguments->get<std::string>()), tools);
  }
  return CallOf(name->get<std::string>(), *arguments, tools);
}

}  // namespace

std::optional<std::vector<ToolCall>> CallsFromJson(
    std::string_view json, const std::vector<ChatTool>& tools) {
  const Json parsed = Parse(json);
  std::vector<ToolCall> calls;
  const auto add = [&](const Json& one) {
    std::optional<ToolCall> call = CallOf(one, tools);
    if (!call) return false;
    calls.push_back(*std::move(call));
    return true;
  };
  const bool all =
      parsed.is_array() ? absl::c_all_of(parsed, add) : add(parsed);
  if (!all || calls.empty()) return std::nullopt;
  return calls;
}

std::optional<ToolCall> CallFromArguments(std::string_view name,
                                          std::string_view arguments_json,
                                          const std::vector<ChatTool>& tools) {
  return CallOf(name, Parse(arguments_json), tools);
}

}  // namespace hwledger
