#pragma once

#include <optional>
#include <vector>

#include "core/engine/command_queue.h"
#include "core/engine/output_format.h"

namespace hwledger {

// What is to be continued or answered, as a model takes it.
struct TokenizedPrompt {
  std::vector<TokenId> tokens;
  // How the answer to a chat is marked.
  std::optional<OutputFormat> format;
};

}  // namespace hwledger
