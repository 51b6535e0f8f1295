#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/command_line.h"
#include "clients/cli/failure.h"
#include "clients/cli/option_values.h"
#include "clients/cli/utf8.h"

namespace hwledger {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  hwledger devices                       what this machine has\n"
    "  hwledger plan llama-3.1-8b qwen3-8b    will they fit, how fast are "
    "they\n"
    "  hwledger fit llama-3.1-70b             what of it fits at most\n"
    "  hwledger run demo What is a KV cache?  let a model answer\n"
    "  hwledger plan demo --json | jq         for scripts\n"
    "\n"
    "'hwledger COMMAND --help' tells more about each command.\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or a value out of "
    "range,\n"
    "3 no such model, 4 it does not fit or the daemon is full, 5 no daemon\n"
    "answers, 130 ended by Ctrl-C.\n"
    "\n"
    "Environment: HWLEDGER_ADDRESS is the daemon's address; NO_COLOR turns\n"
    "colours off.\n";

void AddCommands(CLI::App& program, CommandLine& line) {
  AddPlanCommand(program, line);
  AddFitCommand(program, line);
  AddRunCommand(program, line);
  AddEmbedCommand(program, line);
  AddTokenizeCommand(program, line);
  AddModelsCommand(program, line);
  AddDevicesCommand(program, line);
  AddPsCommand(program, line);
  AddLoadCommand(program, line);
  AddUnloadCommand(program, line);
  AddLedgerCommand(program, line);
  AddCompletionCommand(program, line);
}

// What stands where a command should, if that is what is wrong.
std::optional<std::string> UnknownCommand(const CLI::App& program,
                                          const CLI::ParseError& error) {
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) ||
      !program.get_subcommands().empty()) {
    return std::nullopt;
  }
  for (const std::string& argument : program.remaining()) {
    if (!absl::StartsWith(argument, "-")) return argument;
  }
  return std::nullopt;
}

ExitCode UsageFailure(const CLI::App& program, const CLI::ParseError& error) {
  const auto command = UnknownCommand(program, error);
  if (command) {
    return ReportFailure(ExitCode::kUsage,
                         absl::StrCat("there is no command '", *command,
                                      "'; 'hwledger --help' lists them"));
  }
  return ReportFailure(
      ExitCode::kUsage,
      absl::StrCat(error.what(), "\n'--help' tells what can be said."));
}

ExitCode Run(int argc, char** argv) {
  CommandLine line;
  CLI::App program(
      "Predicts whether language models fit this machine and how fast they "
      "are, and runs them.",
      "hwledger");
  const auto formatter = std::make_shared<CLI::Formatter>();
  formatter->enable_footer_formatting(false);
  formatter->column_width(32);
  formatter->long_option_alignment_ratio(6.0F / 32);
  formatter->label("POSITIONALS", "Arguments");
  formatter->right_column_width(47);
  program.formatter(formatter);
  program.footer(kFooter);
  program.set_version_flag("--version", "hwledger " HWLEDGER_VERSION)
      ->group("Options");
  program.usage("Usage: hwledger [OPTIONS] COMMAND");
  program.option_defaults()->group("Options");
  program.require_subcommand(0, 1);
  program.get_help_ptr()->group("Options");
  AddAddressOption(program, line);
  AddCommands(program, line);
  RefuseEmptyValues(program);

  for (int i = 1; i < argc; ++i) {
    if (IsUtf8(argv[i])) continue;
    return ReportFailure(ExitCode::kUsage,
                         absl::StrCat("not UTF-8: ", argv[i]));
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version are errors to the parser, with exit status 0.
    if (error.get_exit_code() == 0) program.exit(error);
    return error.get_exit_code() == 0 ? ExitCode::kOk
                                      : UsageFailure(program, error);
  }
  if (!line.command) {
    std::cerr << program.help();
    return ExitCode::kUsage;
  }
  const ExitCode exit_code = line.command();
  if (std::cout.flush()) return exit_code;
  return ReportFailure(ExitCode::kFailure, "cannot write standard output");
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  // gRPC's own log is for its developers; our messages say what a person needs.
  setenv("GRPC_VERBOSITY", "NONE", /*replace=*/0);
  try {
    return static_cast<int>(hwledger::Run(argc, argv));
  } catch (const std::exception& error) {  // CLI11 and memory that runs out.
    std::cerr << "hwledger: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
