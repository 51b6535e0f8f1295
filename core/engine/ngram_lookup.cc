#include "core/engine/ngram_lookup.h"

#include <algorithm>

namespace hwledger {
namespace {

// One token says too little about what comes.
constexpr int64_t kRepeatedMin = 2;
// A longer one says no more, and ends the search.
constexpr int64_t kRepeatedMax = 8;

// How many tokens before `end` are those before the end of `tokens`.
int64_t RepeatedBefore(absl::Span<const TokenId> tokens, int64_t end) {
  const int64_t size = std::ssize(tokens);
  const int64_t most = std::min(end, kRepeatedMax);
  int64_t count = 0;
  while (count < most && tokens[static_cast<size_t>(end - 1 - count)] ==
                             tokens[static_cast<size_t>(size - 1 - count)]) {
    ++count;
  }
  return count;
}

}  // namespace

void LookUpNgram(absl::Span<const TokenId> tokens, int64_t count,
                 std::vector<TokenId>& out) {
  const int64_t size = std::ssize(tokens);
  int64_t longest = kRepeatedMin - 1;
  int64_t follows = 0;
  for (int64_t end = size - 1; end >= kRepeatedMin && longest < kRepeatedMax;
       --end) {
    const int64_t repeated = RepeatedBefore(tokens, end);
    if (repeated <= longest) continue;
    longest = repeated;
    follows = end;
  }
  if (follows == 0) return;
  const size_t first = out.size();
  for (int64_t i = follows; i < follows + count; ++i) {
    out.push_back(i < size ? tokens[static_cast<size_t>(i)]
                           : out[first + static_cast<size_t>(i - size)]);
  }
}

}  // namespace hwledger
