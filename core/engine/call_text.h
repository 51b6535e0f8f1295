#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/engine/chat.h"

namespace hwledger {

// The calls that a model wrote as JSON: an object with a name and arguments, or
// an array of such. Nothing where it is anything else, or names another tool
// than `tools`. Their ids are empty.
std::optional<std::vector<ToolCall>> CallsFromJson(
    std::string_view json, const std::vector<ChatTool>& tools);

// The same of a name and its arguments, a JSON object.
std::optional<ToolCall> CallFromArguments(std::string_view name,
                                          std::string_view arguments_json,
                                          const std::vector<ChatTool>& tools);

}  // namespace hwledger
