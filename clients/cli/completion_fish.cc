#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/completion_script.h"

namespace hwledger {
namespace {

// A word in single quotes.
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
    std::string values = absl::StrJoin(option.values, " ");
    if (option.takes_device) {
      values = absl::StrCat("(", kListPresetsCommand, ")");
    }
    if (!values.empty()) absl::StrAppend(&text, " -a ", FishQuoted(values));
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
    if (command.takes_model)
      arguments = absl::StrCat("(", kListModelsCommand, ")");
    if (arguments.empty()) continue;
    absl::StrAppend(&text, "complete -c hwledger -n ", FishQuoted(condition),
                    command.takes_model ? " -F" : "", " -a ",
                    FishQuoted(arguments), "\n");
  }
  return text;
}

}  // namespace hwledger
