#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/constraint/character_set.h"

namespace hwledger {

// A grammar as the states that a reader of its texts goes through. Unlike
// libllama's, which takes exponential time on ambiguous grammars, ends the
// process on some, and never returns on others, what they need of a reader is
// bounded (GrammarMatch).
struct Grammar {
  struct State {
    enum class Kind : int32_t {
      kCharacter,  // Goes on after the character `what`.
      kSet,        // Goes on after one of sets[what].
      kCall,       // Goes on after what the rule that begins at `what` derives.
      kSplit,      // Goes on at `next` or at `what`, after nothing.
      kEnd         // The rule ends.
    };
    Kind kind = Kind::kEnd;
    int32_t what = 0;
    int32_t next = 0;
  };

  std::vector<State> states;
  std::vector<CharacterSet> sets;
  int32_t start = 0;
};

// Reads a grammar in GBNF. InvalidArgument: it is none, larger than any that is
// of use, or has a part that never comes to an end.
absl::StatusOr<Grammar> ParseGrammar(std::string_view gbnf);

}  // namespace hwledger
