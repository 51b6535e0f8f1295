#include "core/engine/logprob.h"

#include <algorithm>
#include <cmath>

#include "core/engine/likeliest.h"

namespace hwledger {

TokenLogprob LogprobOf(absl::Span<const float> logits, TokenId token,
                       int64_t top_count) {
  // Their maximum is subtracted, so that no power overflows.
  const double max = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - max);
  const double log_sum = max + std::log(sum);

  TokenLogprob result = {
      .token_id = token,
      .logprob = logits[static_cast<size_t>(token)] - log_sum};
  std::vector<TokenLogit> likeliest;
  Likeliest(logits, top_count, likeliest);
  for (const auto& [id, logit] : likeliest) {
    result.top.push_back({.token_id = id, .logprob = logit - log_sum});
  }
  return result;
}

}  // namespace hwledger
