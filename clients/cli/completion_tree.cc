#include "clients/cli/completion_tree.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace hwledger {
namespace {

// CLI11 writes the members of CLI::IsMember after the type: "TEXT:{a,b}".
std::vector<std::string> AllowedValues(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{');
  const size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  return absl::StrSplit(type.substr(begin + 1, end - begin - 1), ',');
}

std::vector<CompletionOption> ReadOptions(const CLI::App& app) {
  std::vector<CompletionOption> options;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional()) continue;
    CompletionOption& result = options.emplace_back();
    for (const std::string& name : option->get_snames()) {
      result.names.push_back(absl::StrCat("-", name));
    }
    for (const std::string& name : option->get_lnames()) {
      result.names.push_back(absl::StrCat("--", name));
    }
    result.description = option->get_description();
    result.takes_value = option->get_items_expected_max() > 0;
    const std::string type = option->get_type_name();
    result.value_name = type.substr(0, type.find_first_of(":["));
    result.values = AllowedValues(*option);
    result.takes_device = option->check_lname("device");
  }
  return options;
}

}  // namespace

CompletionTree ReadCompletionTree(const CLI::App& program) {
  CompletionTree tree = {.options = ReadOptions(program)};
  for (const CLI::App* app : program.get_subcommands({})) {
    CompletionCommand& command = tree.commands.emplace_back();
    command.name = app->get_name();
    command.description = app->get_description();
    command.options = ReadOptions(*app);
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_positional()) continue;
      if (option->get_name() == "MODEL") command.takes_model = true;
      const std::vector<std::string> values = AllowedValues(*option);
      if (!values.empty()) command.argument_values = values;
    }
  }
  return tree;
}

}  // namespace hwledger
