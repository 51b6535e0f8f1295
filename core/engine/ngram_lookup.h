#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/engine/command_queue.h"

namespace hwledger {

// Appends to `out` the `count` tokens that followed the last ones of `tokens`
// where they stood before: after the longest repetition, of two at least, and
// of those the latest. Where it reaches the end of `tokens` it goes on as if
// what is found had come true. Nothing where nothing is repeated.
void LookUpNgram(absl::Span<const TokenId> tokens, int64_t count,
                 std::vector<TokenId>& out);

}  // namespace hwledger
