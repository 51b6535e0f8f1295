#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "core/engine/draft_model.h"
#include "core/engine/serving_options.h"

namespace hwledger {

// Proposes what texts may go on with: what followed in them before, or else
// what a second model says.
class Drafter {
 public:
  // `model` may be null.
  Drafter(const ServingOptions& options, DraftModel* model)
      : options_(options), model_(model) {}

  bool proposes() const { return options_.drafts(); }

  // As DraftModel::Propose.
  void Propose(absl::Span<const DraftRequest> requests, bool has_running);

  // How many to propose next where `accepted` of `proposed` have come true:
  // twice as many as long as all do, else about as many as did.
  int64_t NextCount(int64_t count, int64_t proposed, int64_t accepted) const;

 private:
  const ServingOptions options_;
  DraftModel* const model_;
  std::vector<DraftRequest> for_model_;
};

}  // namespace hwledger
