#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/engine/command_queue.h"

namespace hwledger {

// Drops tokens from the start of a prompt that leaves no room in a context of
// `sequence_length`, 2 at least, but for `begin`, where it begins with that;
// until `answer_tokens` fit beside it, or half of the context where those are
// more or absent.
void TruncatePrompt(std::vector<TokenId>& prompt, TokenId begin,
                    int64_t sequence_length,
                    std::optional<int64_t> answer_tokens);

}  // namespace hwledger
