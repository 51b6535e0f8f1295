#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "clients/cli/exit_code.h"
#include "clients/cli/option_values.h"
#include "grpcpp/channel.h"

namespace hwledger {

// What the command line says. The commands' options add to it while it is
// parsed; then `command` is run.
struct CommandLine {
  // Empty: the default.
  std::string address;
  bool json = false;
  std::function<ExitCode()> command;
};

// What a command works with once a daemon answers.
struct Session {
  std::shared_ptr<grpc::Channel> channel;
  bool json = false;
};

// How a command is introduced in --help.
struct Introduction {
  std::string name;
  std::string arguments;
  std::string purpose;
  std::string examples;
};

CLI::App& AddCommand(CLI::App& program, const Introduction& introduction);

// A command that talks to the daemon: has --address and --json, and runs `run`
// when it is the one chosen. `line` must outlive `program`.
CLI::App& AddDaemonCommand(CLI::App& program, CommandLine& line,
                           const Introduction& introduction,
                           std::function<ExitCode(const Session&)> run);

// The option --address.
void AddAddressOption(CLI::App& app, CommandLine& line);

// An option whose value goes straight into a message of the contract, so that
// what is not given stays unset. One that sets a list may be repeated, each
// time with one value. A count is at least `least`.
template <typename T>
CLI::Option* AddField(CLI::App& command, const std::string& names,
                      const std::string& value_name,
                      const std::string& description,
                      const std::function<void(const T&)>& set,
                      int32_t least = std::numeric_limits<int32_t>::min()) {
  CLI::Option* option = command.add_option_function<T>(names, set, description)
                            ->type_name(value_name);
  if constexpr (std::is_same_v<T, int32_t>) option->check(WholeNumber(least));
  if constexpr (std::is_same_v<T, double>) option->check(AnyNumber());
  if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    option->allow_extra_args(false)->take_all();
  }
  return option;
}

// The heading in --help of what decides how a model is planned or loaded.
inline constexpr const char* kConfigurationGroup = "Configuration";

// One function per command.
void AddCompletionCommand(CLI::App& program, CommandLine& line);
void AddDevicesCommand(CLI::App& program, CommandLine& line);
void AddEmbedCommand(CLI::App& program, CommandLine& line);
void AddFitCommand(CLI::App& program, CommandLine& line);
void AddLedgerCommand(CLI::App& program, CommandLine& line);
void AddLoadCommand(CLI::App& program, CommandLine& line);
void AddModelsCommand(CLI::App& program, CommandLine& line);
void AddPlanCommand(CLI::App& program, CommandLine& line);
void AddPsCommand(CLI::App& program, CommandLine& line);
void AddRunCommand(CLI::App& program, CommandLine& line);
void AddTokenizeCommand(CLI::App& program, CommandLine& line);
void AddUnloadCommand(CLI::App& program, CommandLine& line);

}  // namespace hwledger
