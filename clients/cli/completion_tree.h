#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace hwledger {

// What a shell needs to know to complete a command line, read from the options
// that the program really has.
struct CompletionOption {
  // With their dashes: "-c", "--sequence-length".
  std::vector<std::string> names;
  std::string description;
  bool takes_value = false;
  std::string value_name;
  // The values it can have; empty: any.
  std::vector<std::string> values;
  // Its value begins with the name of a device.
  bool takes_device = false;
};

struct CompletionCommand {
  std::string name;
  std::string description;
  std::vector<CompletionOption> options;
  // Its arguments are models.
  bool takes_model = false;
  // What its argument can be; empty: anything.
  std::vector<std::string> argument_values;
};

struct CompletionTree {
  std::vector<CompletionOption> options;
  std::vector<CompletionCommand> commands;
};

CompletionTree ReadCompletionTree(const CLI::App& program);

}  // namespace hwledger
