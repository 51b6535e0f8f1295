#include "core/engine/likeliest.h"

#include <algorithm>
#include <limits>

namespace hwledger {
namespace {

bool IsLikelier(const TokenLogit& a, const TokenLogit& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

// Leaves the `count` likeliest, in any order.
void Cut(std::vector<TokenLogit>& found, size_t count) {
  if (found.size() <= count) return;
  std::nth_element(found.begin(),
                   found.begin() + static_cast<ptrdiff_t>(count) - 1,
                   found.end(), IsLikelier);
  found.resize(count);
}

}  // namespace

void Likeliest(absl::Span<const float> logits, int64_t count,
               std::vector<TokenLogit>& found) {
  found.clear();
  if (count == 0) return;
  const auto kept = static_cast<size_t>(count);
  // What comes later must be likelier than the least of those that were kept;
  // a cut pays once as many came again.
  const size_t found_max = 2 * kept;
  float least = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] > least)) continue;
    found.push_back({static_cast<TokenId>(i), logits[i]});
    if (found.size() < found_max) continue;
    Cut(found, kept);
    least = std::ranges::max_element(found, IsLikelier)->logit;
  }
  Cut(found, kept);
  std::ranges::sort(found, IsLikelier);
}

}  // namespace hwledger
