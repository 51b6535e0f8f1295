#pragma once

#include <cstdint>
#include <optional>
#include <string>

// What is asked of the operating system; one .cc per system.
namespace hwledger {

enum class StandardStream { kInput, kOutput, kError };

bool IsTerminal(StandardStream stream);

// Columns of the terminal that standard output goes to, where they are known.
std::optional<int64_t> TerminalColumns();

// Where this user's daemon listens unless it was told otherwise.
std::string UserSocketPath();

}  // namespace hwledger
