#include "core/constraint/token_constraint.h"

#include <cassert>
#include <string_view>
#include <utility>

namespace hwledger {

TokenConstraint::TokenConstraint(std::shared_ptr<const Grammar> grammar,
                                 std::shared_ptr<const TokenPieces> vocabulary)
    : vocabulary_(std::move(vocabulary)), match_(std::move(grammar)) {}

bool TokenConstraint::Allows(int64_t token) {
  if (vocabulary_->ends_text(token)) return match_.front().complete;
  const std::string_view piece = vocabulary_->piece(token);
  return !piece.empty() && match_.Allows(piece);
}

const std::vector<bool>& TokenConstraint::AllowedTokens() {
  allowed_.assign(static_cast<size_t>(vocabulary_->size()), false);
  fronts_.resize(1);
  fronts_[0] = match_.front();
  marks_.assign(1, match_.mark());
  // Of the token before, the bytes that could be read: those after it that
  // begin alike need not read them again, nor fail again.
  size_t readable = 0;
  for (const auto& [token, shared_bytes] : vocabulary_->in_order()) {
    const std::string_view piece = vocabulary_->piece(token);
    if (static_cast<size_t>(shared_bytes) > readable) continue;
    readable = static_cast<size_t>(shared_bytes);
    match_.Rewind(marks_[readable]);
    marks_.resize(readable + 1);
    while (readable < piece.size()) {
      if (fronts_.size() == readable + 1) fronts_.emplace_back();
      if (!match_.Advance(fronts_[readable], piece[readable],
                          fronts_[readable + 1])) {
        break;
      }
      marks_.push_back(match_.mark());
      ++readable;
    }
    allowed_[static_cast<size_t>(token)] = readable == piece.size();
  }
  match_.Rewind(marks_[0]);
  for (int64_t token = 0; token < vocabulary_->size(); ++token) {
    if (vocabulary_->ends_text(token)) {
      allowed_[static_cast<size_t>(token)] = match_.front().complete;
    }
  }
  return allowed_;
}

void TokenConstraint::Accept(int64_t token) {
  if (vocabulary_->ends_text(token)) return;
  const bool accepted = match_.Accept(vocabulary_->piece(token));
  assert(accepted);
}

bool TokenConstraint::finished() const {
  return match_.front().complete && match_.front().places.empty();
}

}  // namespace hwledger
