#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace hwledger {

// Deals the tokens of one batch out to sequences. `demands` says how many each
// could compute now, those that came first before the others: 1 where it
// generates, the rest of its prompt where it reads, 0 where it has to wait.
//
// Every sequence that can go on gets one token, so a long prompt holds nobody
// up; what is left of `batch_tokens` goes to the prompts, the oldest first.
// Where there are not even enough for all, those from `first` on (and around)
// get one: pass a number that grows with each batch and all have their turn.
std::vector<int64_t> ShareBatch(absl::Span<const int64_t> demands,
                                int64_t batch_tokens, int64_t first);

}  // namespace hwledger
