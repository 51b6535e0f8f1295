#include "clients/cli/command_line.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"

namespace hwledger {

CLI::App& AddCommand(CLI::App& program, const Introduction& introduction) {
  CLI::App& command =
      *program.add_subcommand(introduction.name, introduction.purpose);
  command.group("Commands");
  command.get_help_ptr()->group("Options");
  command.usage(absl::StrCat("Usage: hwledger ", introduction.name,
                             " [OPTIONS] ", introduction.arguments));
  command.footer(introduction.examples);
  return command;
}

CLI::App& AddDaemonCommand(CLI::App& program, CommandLine& line,
                           const Introduction& introduction,
                           std::function<ExitCode(const Session&)> run) {
  CLI::App& command = AddCommand(program, introduction);
  AddAddressOption(command, line);
  command.add_flag("--json", line.json, "Print JSON, one answer per line");
  command.callback([&line, run = std::move(run)] {
    line.command = [&line, run] {
      auto channel = Connect(DaemonAddress(line.address));
      if (absl::IsUnavailable(channel.status())) {
        return ReportFailure(ExitCode::kUnreachable,
                             channel.status().message());
      }
      if (!channel.ok()) return ReportFailure(channel.status());
      return run({.channel = *std::move(channel), .json = line.json});
    };
  });
  return command;
}

void AddAddressOption(CLI::App& app, CommandLine& line) {
  app.add_option("--address", line.address,
                 "The daemon: HOST:PORT or unix:/PATH. Else $HWLEDGER_ADDRESS, "
                 "your daemon's socket, or 127.0.0.1:7420")
      ->type_name("ADDRESS");
}

}  // namespace hwledger
