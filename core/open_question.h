#pragma once

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/engine/question.h"
#include "core/mutex.h"

namespace hwledger {

// A question on its way to a runner, and its answer on the way back. It exists
// before its runner does, so a client can give it up while a model is still
// being looked for. Any thread may call anything.
class OpenQuestion {
 public:
  using OnAnswer = std::function<void(absl::StatusOr<Answer>)>;

  // `on_answer` is called once, on any thread, within a call of this.
  explicit OpenQuestion(OnAnswer on_answer)
      : on_answer_(std::move(on_answer)) {}

  // For the client's side: gives the question up; the answer is Cancelled,
  // unless there is one.
  void Cancel();

  // For the runner's side.

  // Ties it to a runner: `cancel` is called when the client gives up. False,
  // and it is not, where that has happened.
  bool Attach(std::function<void()> cancel);
  // The first call counts.
  void Close(absl::StatusOr<Answer> answer);

 private:
  Mutex mutex_;
  OnAnswer on_answer_ ABSL_GUARDED_BY(mutex_);  // Null: it has been called.
  std::function<void()> cancel_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
