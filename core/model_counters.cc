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
}

void ModelCounters::ProcessStarts() {
  MutexLock lock(mutex_);
  if (has_died_) ++counts_.restart_count;
  is_told_ = false;
  has_died_ = false;
}

void ModelCounters::ProcessIsTold() {
  MutexLock lock(mutex_);
  is_told_ = true;
}

void ModelCounters::ProcessEnded() {
  MutexLock lock(mutex_);
  has_died_ = !is_told_;
}

ModelCounts ModelCounters::counts() const {
  MutexLock lock(mutex_);
  return counts_;
}

}  // namespace hwledger
