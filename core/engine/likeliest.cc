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

constexpr size_t kBlock = 32;

// Without a branch in it: a few instructions for all of them.
bool AnyAbove(absl::Span<const float> block, float least) {
  int any = 0;
  for (size_t i = 0; i < kBlock; ++i) any |= block[i] > least ? 1 : 0;
  return any != 0;
}

// Of the first of `logits`, from `index` on, that is above `least`; their
// number where none is.
size_t NextAbove(absl::Span<const float> logits, size_t index, float least) {
  while (index + kBlock <= logits.size() &&
         !AnyAbove(logits.subspan(index, kBlock), least)) {
    index += kBlock;
  }
  while (index < logits.size() && !(logits[index] > least)) ++index;
  return index;
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
  for (size_t i = NextAbove(logits, 0, least); i < logits.size();
       i = NextAbove(logits, i + 1, least)) {
    found.push_back({static_cast<TokenId>(i), logits[i]});
    if (found.size() < found_max) continue;
    Cut(found, kept);
    least = std::ranges::max_element(found, IsLikelier)->logit;
  }
  Cut(found, kept);
  std::ranges::sort(found, IsLikelier);
}

}  // namespace hwledger
