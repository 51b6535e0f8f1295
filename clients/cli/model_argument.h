#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace hwledger {

// Adds the required argument MODEL, one that can be run.
void AddModelArgument(CLI::App& command, std::string& model);

// The model_id that `argument` means. The path of a file or folder becomes
// absolute, because the daemon stands in another folder; names stay.
std::string ModelId(const std::string& argument);

// As short as people call it: of a path, the file's name.
std::string ModelLabel(const std::string& model_id);

}  // namespace hwledger
