#include "core/engine/serving_options.h"

#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

constexpr int64_t kDraftTokensMax = 64;  // Longer ones hardly come true.

}  // namespace

absl::Status Validate(const ServingOptions& options) {
  if (options.draft_tokens_max >= 1 &&
      options.draft_tokens_max <= kDraftTokensMax) {
    return absl::OkStatus();
  }
  return FieldError("draft_tokens_max",
                    absl::StrFormat("must be between 1 and %d; got %d",
                                    kDraftTokensMax, options.draft_tokens_max));
}

}  // namespace hwledger
