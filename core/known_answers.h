#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/mutex.h"

namespace hwledger {

// Answers that do not change, so that a question asked before is not asked
// again. Any thread.
template <typename Question, typename Answer>
class KnownAnswers {
 public:
  // Distinct questions remembered; where there are more, all are forgotten.
  explicit KnownAnswers(size_t count_max) : count_max_(count_max) {}

  // What `ask`, which may take long, answers, now or earlier. What it fails
  // with is not remembered.
  absl::StatusOr<Answer> Answered(
      const Question& question,
      absl::FunctionRef<absl::StatusOr<Answer>()> ask) {
    {
      MutexLock lock(mutex_);
      for (const auto& [known, answer] : answers_) {
        if (known == question) return answer;
      }
    }
    absl::StatusOr<Answer> answer = ask();
    if (!answer.ok()) return answer;
    MutexLock lock(mutex_);
    if (answers_.size() >= count_max_) answers_.clear();
    answers_.emplace_back(question, *answer);
    return answer;
  }

 private:
  const size_t count_max_;
  Mutex mutex_;
  std::vector<std::pair<Question, Answer>> answers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
