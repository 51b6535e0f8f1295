#include "core/engine/drafter.h"

#include <algorithm>

#include "core/engine/ngram_lookup.h"

namespace hwledger {

void Drafter::Read(int64_t slot, absl::Span<const TokenId> tokens) {
  if (model_ != nullptr) model_->Read(slot, tokens);
}

void Drafter::Propose(absl::Span<const DraftRequest> requests) {
  for_model_.clear();
  for (const DraftRequest& request : requests) {
    request.out->clear();
    if (options_.ngram_lookup) {
      LookUpNgram(request.tokens, request.count, *request.out);
    }
    if (model_ != nullptr && request.out->empty() && request.count > 0) {
      for_model_.push_back(request);
    }
  }
  if (!for_model_.empty()) model_->Propose(absl::MakeSpan(for_model_));
}

int64_t Drafter::NextCount(int64_t count, int64_t proposed,
                           int64_t accepted) const {
  if (proposed == 0) return count;
  const int64_t next = accepted == proposed ? 2 * count : accepted + 1;
  return std::min(next, options_.draft_tokens_max);
}

}  // namespace hwledger
