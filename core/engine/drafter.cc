#include "core/engine/drafter.h"

#include <algorithm>

#include "core/engine/ngram_lookup.h"

namespace hwledger {

void Drafter::Propose(absl::Span<const DraftRequest> requests,
                      bool has_running) {
  for_model_.clear();
  for (const DraftRequest& request : requests) {
    request.out->clear();
    if (options_.ngram_lookup && request.count > 0) {
      LookUpNgram(request.tokens, request.count, *request.out);
    }
    if (model_ != nullptr && request.out->empty()) {
      for_model_.push_back(request);
    }
  }
  if (for_model_.empty()) return;
  model_->Propose(absl::MakeSpan(for_model_), has_running);
}

int64_t Drafter::NextCount(int64_t count, int64_t proposed,
                           int64_t accepted) const {
  if (proposed == 0) return count;
  const int64_t next = accepted == proposed ? 2 * count : accepted + 1;
  return std::min(next, options_.draft_tokens_max);
}

}  // namespace hwledger
