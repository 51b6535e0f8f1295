#include "core/model_counters.h"

namespace hwledger {

void ModelCounters::Count(const GenerationOutcome& outcome) {
  MutexLock lock(mutex_);
  switch (outcome.code) {
    case absl::StatusCode::kOk:
      ++counts_.finished_count;
      break;
    case absl::StatusCode::kCancelled:
      ++counts_.cancelled_count;
      break;
    default:
      ++counts_.failed_count;
  }
  counts_.prompt_tokens += outcome.prompt_tokens;
  counts_.cached_prompt_tokens += outcome.cached_prompt_tokens;
  counts_.completion_tokens += outcome.completion_tokens;
  if (outcome.queue_time) counts_.queue_times.Add(*outcome.queue_time);
  if (outcome.time_to_first_token) {
    counts_.times_to_first_token.Add(*outcome.time_to_first_token);
  }
  counts_.token_times.Add(outcome.token_times);
}

void ModelCounters::ProcessStarts() {
  MutexLock lock(mutex_);
  if (has_crashed_) ++counts_.restart_count;
  has_crashed_ = false;
}

void ModelCounters::ProcessEnded(bool has_crashed) {
  MutexLock lock(mutex_);
  has_crashed_ = has_crashed;
}

ModelCounts ModelCounters::counts() const {
  MutexLock lock(mutex_);
  return counts_;
}

}  // namespace hwledger
