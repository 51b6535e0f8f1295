#include <iostream>
#include <memory>
#include <string>

#include "clients/cli/command_line.h"
#include "clients/cli/completion_script.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  source <(hwledger completion bash)     in ~/.bashrc\n"
    "  source <(hwledger completion zsh)      in ~/.zshrc, after compinit\n"
    "  hwledger completion fish | source      in ~/.config/fish/config.fish\n";

}  // namespace

void AddCompletionCommand(CLI::App& program, CommandLine& line) {
  const auto shell = std::make_shared<std::string>();
  CLI::App& command = AddCommand(
      program,
      {.name = "completion",
       .arguments = "SHELL",
       .purpose = "Print a script that completes command lines in a shell",
       .examples = kExamples});
  command.add_option("SHELL", *shell, "The shell to print it for")
      ->required()
      ->check(CLI::IsMember({"bash", "fish", "zsh"}));
  command.callback([&program, &line, shell] {
    line.command = [&program, shell] {
      const CompletionTree tree = ReadCompletionTree(program);
      std::cout << (*shell == "bash"   ? BashCompletion(tree)
                    : *shell == "fish" ? FishCompletion(tree)
                                       : ZshCompletion(tree));
      return ExitCode::kOk;
    };
  });
}

}  // namespace hwledger
