#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/constraint/grammar.h"
#include "core/constraint/grammar_match.h"
#include "core/constraint/token_pieces.h"

namespace hwledger {

// Which tokens may come next in a text that follows a grammar. For one thread.
class TokenConstraint {
 public:
  TokenConstraint(std::shared_ptr<const Grammar> grammar,
                  std::shared_ptr<const TokenPieces> vocabulary);

  bool Allows(int64_t token);
  // The same for every token. Takes a pass over the vocabulary.
  const std::vector<bool>& AllowedTokens();
  // Takes the next token, which is allowed.
  void Accept(int64_t token);

  // The text is whole, and nothing may follow.
  bool finished() const;
  // As GrammarMatch::overflowed.
  bool overflowed() const { return match_.overflowed(); }

 private:
  const std::shared_ptr<const TokenPieces> vocabulary_;
  GrammarMatch match_;
  std::vector<bool> allowed_;
  // By bytes of a token that have been read.
  std::vector<GrammarMatch::Front> fronts_;
  std::vector<GrammarMatch::Mark> marks_;
};

}  // namespace hwledger
