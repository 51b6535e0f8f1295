#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "core/generation_outcome.h"
#include "core/mutex.h"
#include "core/time_histogram.h"

namespace hwledger {

// What the generations of one model came to, from the daemon's start on.
struct ModelCounts {
  int64_t finished_count = 0;
  int64_t cancelled_count = 0;  // By the client, or by an unload.
  int64_t failed_count = 0;     // All others, refused ones included.
  int64_t prompt_tokens = 0;
  int64_t cached_prompt_tokens = 0;
  int64_t completion_tokens = 0;
  // Processes that were started after one had ended by itself.
  int64_t restart_count = 0;
  // As GenerationOutcome, of those that came to it.
  TimeHistogram queue_times;
  TimeHistogram times_to_first_token;
  TimeHistogram token_times;

  friend bool operator==(const ModelCounts&, const ModelCounts&) = default;
};

// Counts for one model, whichever process runs it. Any thread.
class ModelCounters {
 public:
  void Count(const GenerationOutcome& outcome);

  // A process starts, has ended (has_crashed: as RunnerSnapshot).
  void ProcessStarts();
  void ProcessEnded(bool has_crashed);

  ModelCounts counts() const;

 private:
  mutable Mutex mutex_;
  ModelCounts counts_ ABSL_GUARDED_BY(mutex_);
  bool has_crashed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace hwledger
