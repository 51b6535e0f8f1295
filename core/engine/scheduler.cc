#include "core/engine/scheduler.h"

#include <algorithm>

namespace hwledger {

std::vector<int64_t> ShareBatch(absl::Span<const int64_t> demands,
                                int64_t batch_tokens, int64_t first) {
  const size_t count = demands.size();
  std::vector<int64_t> shares(count, 0);
  for (size_t turn = 0; turn < count && batch_tokens > 0; ++turn) {
    const size_t i = (static_cast<size_t>(first) + turn) % count;
    if (demands[i] == 0) continue;
    shares[i] = 1;
    --batch_tokens;
  }
  for (size_t i = 0; i < count; ++i) {
    const int64_t more = std::min(demands[i] - shares[i], batch_tokens);
    shares[i] += more;
    batch_tokens -= more;
  }
  return shares;
}

}  // namespace hwledger
