#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/completion_script.h"

namespace hwledger {
namespace {

std::vector<std::string> OptionNames(
    const std::vector<CompletionOption>& options) {
  std::vector<std::string> names;
  for (const CompletionOption& option : options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

std::vector<std::string> CommandNames(const CompletionTree& tree) {
  std::vector<std::string> names;
  names.reserve(tree.commands.size());
  for (const CompletionCommand& command : tree.commands) {
    names.push_back(command.name);
  }
  return names;
}

// A word in single quotes.
std::string Quoted(std::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// The branches that complete the value of an option: `command` may be empty.
std::string BashValueCases(std::string_view command,
                           const std::vector<CompletionOption>& options) {
  std::string cases;
  for (const CompletionOption& option : options) {
    if (!option.takes_value) continue;
    const std::string patterns = absl::StrJoin(
        option.names, " | ", [&](std::string* out, const std::string& name) {
          absl::StrAppend(out, "'", command, " ", name, "'");
        });
    const std::string words = option.takes_device
                                  ? absl::StrCat("$(", kListPresetsCommand, ")")
                                  : Quoted(absl::StrJoin(option.values, " "));
    absl::StrAppend(&cases, "    ", patterns, ")\n      words=", words,
                    " ;;\n");
  }
  return cases;
}

std::string BashCommandCase(const CompletionCommand& command) {
  std::string text =
      absl::StrCat("    ", command.name, ")\n      words=",
                   Quoted(absl::StrJoin(OptionNames(command.options), " ")));
  if (command.takes_model) {
    absl::StrAppend(&text, "\n      [[ $word == -* ]] || words=$(",
                    kListModelsCommand, ")");
  } else if (!command.argument_values.empty()) {
    absl::StrAppend(&text, "\n      [[ $word == -* ]] || words=",
                    Quoted(absl::StrJoin(command.argument_values, " ")));
  }
  return text + " ;;\n";
}

}  // namespace

std::string BashCompletion(const CompletionTree& tree) {
  const std::string names = absl::StrJoin(CommandNames(tree), " | ");
  std::string value_cases = BashValueCases("", tree.options);
  std::string command_cases;
  for (const CompletionCommand& command : tree.commands) {
    value_cases += BashValueCases(command.name, command.options);
    command_cases += BashCommandCase(command);
  }
  return absl::StrCat(
      "# bash completion for hwledger\n"
      "_hwledger() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} command='' words='' i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case ${COMP_WORDS[i]} in\n"
      "    ",
      names,
      ")\n"
      "      command=${COMP_WORDS[i]}\n"
      "      break ;;\n"
      "    esac\n"
      "  done\n"
      "  case $command in\n"
      "    '')\n      words=",
      Quoted(absl::StrCat(absl::StrJoin(CommandNames(tree), " "), " ",
                          absl::StrJoin(OptionNames(tree.options), " "))),
      " ;;\n", command_cases,
      "  esac\n"
      "  case \"$command ${COMP_WORDS[COMP_CWORD - 1]}\" in\n",
      value_cases,
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "}\n"
      "complete -o default -F _hwledger hwledger\n");
}

}  // namespace hwledger
