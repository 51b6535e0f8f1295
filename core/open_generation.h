#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/engine/link.h"
#include "core/generation_outcome.h"
#include "core/generation_stream.h"

namespace hwledger {

// A generation that a runner has taken on: where its events go, and what it has
// come to so far. For one thread at a time.
class OpenGeneration {
 public:
  // By itself, until EndSolitude.
  OpenGeneration(std::shared_ptr<GenerationStream> stream,
                 absl::Time arrived_at)
      : stream_(std::move(stream)), arrived_at_(arrived_at) {}

  const std::shared_ptr<GenerationStream>& stream() const { return stream_; }

  // Something else runs or waits beside it.
  void EndSolitude() { outcome_.was_alone = false; }

  // Takes from an event of its own, of `now`, what counts, and tells a
  // Completion the times that count from its arrival.
  void Observe(StepEvent& event, absl::Time now);

  // What it came to where it ends with `code`, at `now`.
  GenerationOutcome OutcomeAt(absl::Time now, absl::StatusCode code) const;

 private:
  void ObserveTokens(int64_t count, absl::Time now);

  std::shared_ptr<GenerationStream> stream_;
  absl::Time arrived_at_;
  // What it has said, first and last.
  absl::Time first_token_at_ = absl::InfiniteFuture();
  absl::Time last_token_at_ = absl::InfiniteFuture();
  GenerationOutcome outcome_;
};

}  // namespace hwledger
