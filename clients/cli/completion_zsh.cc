#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/completion_script.h"

namespace hwledger {
namespace {

// A description inside a specification of _arguments.
std::string ZshText(std::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"},
                                    {"[", "\\["},
                                    {"]", "\\]"},
                                    {":", "\\:"},
                                    {"'", "'\\''"}});
}

// '*' as an option may come again.
std::string ZshOption(const CompletionOption& option) {
  std::string value;
  if (option.takes_value) {
    value = absl::StrCat(":", ZshText(option.value_name), ":");
    if (option.takes_device) value += "_hwledger_presets";
    if (!option.values.empty()) {
      absl::StrAppend(&value, "(", absl::StrJoin(option.values, " "), ")");
    }
  }
  std::string text;
  for (const std::string& name : option.names) {
    absl::StrAppend(&text, " \\\n        '*", name, "[",
                    ZshText(option.description), "]", value, "'");
  }
  return text;
}

std::string ZshArguments(const CompletionCommand& command) {
  std::string text;
  for (const CompletionOption& option : command.options) {
    text += ZshOption(option);
  }
  if (command.takes_model) {
    text += " \\\n        '*:model:_hwledger_models'";
  } else if (!command.argument_values.empty()) {
    absl::StrAppend(&text, " \\\n        '1:argument:(",
                    absl::StrJoin(command.argument_values, " "), ")'");
  }
  return text;
}

}  // namespace

std::string ZshCompletion(const CompletionTree& tree) {
  std::string descriptions;
  std::string cases;
  for (const CompletionCommand& command : tree.commands) {
    absl::StrAppend(&descriptions, "      '", command.name, ":",
                    ZshText(command.description), "'\n");
    absl::StrAppend(&cases, "    ", command.name, ")\n      _arguments",
                    ZshArguments(command), " ;;\n");
  }
  std::string options;
  for (const CompletionOption& option : tree.options) {
    options += ZshOption(option);
  }
  return absl::StrCat(
      "#compdef hwledger\n"
      "_hwledger_models() {\n"
      "  local -a models\n"
      "  models=(${(f)\"$(",
      kListModelsCommand,
      ")\"})\n"
      "  compadd -a models\n"
      "  _files -g '*.gguf'\n"
      "}\n"
      "_hwledger_presets() {\n"
      "  local -a presets\n"
      "  presets=(${(f)\"$(",
      kListPresetsCommand,
      ")\"})\n"
      "  compadd -a presets\n"
      "}\n"
      "_hwledger() {\n"
      "  if ((CURRENT == 2)); then\n"
      "    local -a commands\n"
      "    commands=(\n",
      descriptions,
      "    )\n"
      "    _describe command commands\n"
      "    _arguments",
      options,
      "\n"
      "    return\n"
      "  fi\n"
      "  shift words\n"
      "  ((--CURRENT))\n"
      "  case $words[1] in\n",
      cases,
      "  esac\n"
      "}\n"
      "compdef _hwledger hwledger\n");
}

}  // namespace hwledger
