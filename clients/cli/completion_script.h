#pragma once

#include <string>
#include <string_view>

#include "clients/cli/completion_tree.h"

namespace hwledger {

// Prints the names of the models that the daemon knows, in every shell.
inline constexpr std::string_view kListModelsCommand =
    "hwledger models 2>/dev/null | awk 'NR > 1 { print $1 }'";

// Prints the names of the devices that can be planned for.
inline constexpr std::string_view kListPresetsCommand =
    "hwledger devices --presets 2>/dev/null | awk 'NR > 1 { print $1 }'";

// Scripts that the shells read.
std::string BashCompletion(const CompletionTree& tree);
std::string FishCompletion(const CompletionTree& tree);
std::string ZshCompletion(const CompletionTree& tree);

}  // namespace hwledger
