#include "clients/cli/completion_script.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace hwledger {
namespace {

// Prints the names of the models that the daemon knows.
constexpr std::string_view kListModels =
    "hwledger models 2>/dev/null | awk 'NR > 1 { print $1 }'";

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
  for (const CompletionCommand& command : tree.commands) {
    names.push_back(command.name);
  }
  return names;
}

// A word in single quotes, for bash and zsh.
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
    absl::StrAppend(&cases, "    ", patterns, ")\n      words=",
                    Quoted(absl::StrJoin(option.values, " ")), " ;;\n");
  }
  return cases;
}

std::string BashCommandCase(const CompletionCommand& command) {
  std::string text =
      absl::StrCat("    ", command.name, ")\n      words=",
                   Quoted(absl::StrJoin(OptionNames(command.options), " ")));
  if (command.takes_model) {
    absl::StrAppend(&text, "\n      [[ $word == -* ]] || words=$(", kListModels,
                    ")");
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
      kListModels,
      ")\"})\n"
      "  compadd -a models\n"
      "  _files -g '*.gguf'\n"
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

namespace {

// A word in single quotes, for fish.
std::string FishQuoted(std::string_view text) {
  return absl::StrCat(
      "'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

std::string FishOptions(std::string_view condition,
                        const std::vector<CompletionOption>& options) {
  std::string text;
  for (const CompletionOption& option : options) {
    absl::StrAppend(&text, "complete -c hwledger -n ", FishQuoted(condition));
    for (const std::string_view name : option.names) {
      absl::StrAppend(&text, absl::StartsWith(name, "--") ? " -l " : " -s ",
                      name.substr(absl::StartsWith(name, "--") ? 2 : 1));
    }
    if (option.takes_value) text += " -x";
    if (!option.values.empty()) {
      absl::StrAppend(&text, " -a ",
                      FishQuoted(absl::StrJoin(option.values, " ")));
    }
    absl::StrAppend(&text, " -d ", FishQuoted(option.description), "\n");
  }
  return text;
}

}  // namespace

std::string FishCompletion(const CompletionTree& tree) {
  std::string text = absl::StrCat(
      "# fish completion for hwledger\n"
      "complete -c hwledger -f\n",
      FishOptions("__fish_use_subcommand", tree.options));
  for (const CompletionCommand& command : tree.commands) {
    absl::StrAppend(&text, "complete -c hwledger -n __fish_use_subcommand -a ",
                    command.name, " -d ", FishQuoted(command.description),
                    "\n");
    const std::string condition =
        absl::StrCat("__fish_seen_subcommand_from ", command.name);
    text += FishOptions(condition, command.options);
    std::string arguments = absl::StrJoin(command.argument_values, " ");
    if (command.takes_model) arguments = absl::StrCat("(", kListModels, ")");
    if (arguments.empty()) continue;
    absl::StrAppend(&text, "complete -c hwledger -n ", FishQuoted(condition),
                    command.takes_model ? " -F" : "", " -a ",
                    FishQuoted(arguments), "\n");
  }
  return text;
}

}  // namespace hwledger
