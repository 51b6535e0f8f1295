#include "core/open_question.h"

#include <utility>

namespace hwledger {

void OpenQuestion::Cancel() {
  std::function<void()> cancel;
  {
    MutexLock lock(mutex_);
    cancel = std::exchange(cancel_, nullptr);
  }
  Close(absl::CancelledError("cancelled by the client"));
  if (cancel) cancel();
}

bool OpenQuestion::Attach(std::function<void()> cancel) {
  MutexLock lock(mutex_);
  if (!on_answer_) return false;
  cancel_ = std::move(cancel);
  return true;
}

void OpenQuestion::Close(absl::StatusOr<Answer> answer) {
  OnAnswer on_answer;
  {
    MutexLock lock(mutex_);
    on_answer = std::exchange(on_answer_, nullptr);
    cancel_ = nullptr;
  }
  if (on_answer) on_answer(std::move(answer));
}

}  // namespace hwledger
