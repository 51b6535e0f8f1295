#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace hwledger {

// What one sequence could compute next.
struct Demand {
  int64_t tokens = 0;  // 0: it has to wait.
  // Whether they are of its prompt. Else the first is the one that it goes on
  // with, and the others are guesses about what follows.
  bool reads = false;
};

struct BatchRoom {
  int64_t tokens = 0;
  // Of them, for prompts, beyond the one that each gets.
  int64_t prompt_tokens = 0;
  // Prompts fill it no further than to so many, where it has not that many
  // without them; 0: as far as they may.
  int64_t tokens_with_prompts = 0;
  // They get less, but more than half, where it then ends with a block of so
  // many.
  int64_t block_tokens = 1;
};

// Deals the tokens of one batch out to sequences, those that came first before
// the others; `shares` gets as many entries as `demands` has.
//
// Every sequence that can go on gets one token, so a long prompt holds nobody
// up; what is left goes to guesses and then to prompts, the oldest first. Where
// there are not even enough for all, those from `first` on (and around) get
// one: pass a number that grows with each batch and all have their turn.
void ShareBatch(absl::Span<const Demand> demands, BatchRoom room, int64_t first,
                std::vector<int64_t>& shares);

}  // namespace hwledger
