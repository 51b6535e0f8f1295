#include "core/engine/scheduler.h"

#include <algorithm>

namespace hwledger {

void ShareBatch(absl::Span<const Demand> demands, BatchRoom room, int64_t first,
                std::vector<int64_t>& shares) {
  const size_t count = demands.size();
  shares.assign(count, 0);
  for (size_t turn = 0; turn < count && room.tokens > 0; ++turn) {
    const size_t i = (static_cast<size_t>(first) + turn) % count;
    if (demands[i].tokens == 0) continue;
    shares[i] = 1;
    --room.tokens;
  }
  const auto deal = [&](bool reads, int64_t tokens) {
    for (size_t i = 0; i < count && tokens > 0; ++i) {
      if (demands[i].reads != reads) continue;
      const int64_t more = std::min(demands[i].tokens - shares[i], tokens);
      shares[i] += more;
      tokens -= more;
      room.tokens -= more;
    }
  };
  deal(/*reads=*/false, room.tokens);
  deal(/*reads=*/true, std::min(room.tokens, room.prompt_tokens));
}

}  // namespace hwledger
