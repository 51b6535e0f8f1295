#include "core/engine/scheduler.h"

#include <algorithm>

namespace hwledger {
namespace {

// What is left of `tokens`, which join `others` in a batch, once that ends with
// a block.
int64_t UpToBlock(int64_t tokens, int64_t others, int64_t block_tokens) {
  const int64_t over = (others + tokens) % block_tokens;
  return over < tokens / 2 ? tokens - over : tokens;
}

int64_t Unread(absl::Span<const Demand> demands,
               absl::Span<const int64_t> shares) {
  int64_t tokens = 0;
  for (size_t i = 0; i < demands.size(); ++i) {
    if (demands[i].reads) tokens += demands[i].tokens - shares[i];
  }
  return tokens;
}

}  // namespace

void ShareBatch(absl::Span<const Demand> demands, BatchRoom room, int64_t first,
                std::vector<int64_t>& shares) {
  const size_t count = demands.size();
  shares.assign(count, 0);
  int64_t dealt = 0;
  for (size_t turn = 0; turn < count && dealt < room.tokens; ++turn) {
    const size_t i = (static_cast<size_t>(first) + turn) % count;
    if (demands[i].tokens == 0) continue;
    shares[i] = 1;
    ++dealt;
  }
  const auto deal = [&](bool reads, int64_t tokens) {
    for (size_t i = 0; i < count && tokens > 0; ++i) {
      if (demands[i].reads != reads) continue;
      const int64_t more = std::min(demands[i].tokens - shares[i], tokens);
      shares[i] += more;
      tokens -= more;
      dealt += more;
    }
  };
  deal(/*reads=*/false, room.tokens - dealt);
  int64_t prompt_tokens = std::min(room.prompt_tokens, room.tokens - dealt);
  if (dealt < room.tokens_with_prompts) {
    prompt_tokens = std::min(prompt_tokens, room.tokens_with_prompts - dealt);
  }
  prompt_tokens = std::min(prompt_tokens, Unread(demands, shares));
  deal(/*reads=*/true, UpToBlock(prompt_tokens, dealt, room.block_tokens));
}

}  // namespace hwledger
