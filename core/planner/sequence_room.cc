#include "core/planner/sequence_room.h"

#include <algorithm>

#include "core/planner/kv_cache.h"

namespace hwledger {

SequenceRoom::SequenceRoom(const PlacedSet& placed,
                           const EngineOptions& options)
    : placed_(placed), options_(options) {}

EngineOptions SequenceRoom::OptionsFor(int64_t tokens) const {
  EngineOptions options = options_;
  options.sequence_length = tokens;
  return options;
}

void SequenceRoom::Learn(int64_t tokens, absl::Span<const Bytes> needed) {
  tokens_ = tokens;
  needed_.assign(needed.begin(), needed.end());
  left_ = placed_.model().weights().RoomBeside(
      [&](size_t device) { return needed_[device]; });
}

int64_t SequenceRoom::Left(int64_t tokens) {
  if (tokens == tokens_) return left_;
  const EngineOptions options = OptionsFor(tokens);
  if (tokens_ > 0 && placed_.model().weights().RoomToCompute(options) < 0) {
    return std::min<int64_t>(EstimateLeft(tokens), -1);
  }
  Learn(tokens, placed_.Needed(options));
  return left_;
}

// The caches are exact, computing takes as much more as formulas have it.
int64_t SequenceRoom::EstimateLeft(int64_t tokens) const {
  const PlacedModel& model = placed_.model();
  const Pass pass = placed_.PassFor(OptionsFor(tokens));
  const Pass weighed = placed_.PassFor(OptionsFor(tokens_));
  return model.weights().RoomBeside([&](size_t device) {
    const ModelShare& share = model.weights().share(device);
    return needed_[device] + share.KvCache(pass.layout) +
           model.EstimateCompute(device, pass) - share.KvCache(weighed.layout) -
           model.EstimateCompute(device, weighed);
  });
}

}  // namespace hwledger
