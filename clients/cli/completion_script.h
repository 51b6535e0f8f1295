#pragma once

#include <string>

#include "clients/cli/completion_tree.h"

namespace hwledger {

// Scripts that the shells read.
std::string BashCompletion(const CompletionTree& tree);
std::string FishCompletion(const CompletionTree& tree);
std::string ZshCompletion(const CompletionTree& tree);

}  // namespace hwledger
