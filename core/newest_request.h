#pragma once

#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"

namespace hwledger {

// The requests of one stream on their way to whoever answers them, of which
// only the newest waits: each replaces the one before. One answer is given at a
// time, and exactly one caller is told to begin, to go on or to end.
template <typename Request>
class NewestRequest {
 public:
  // For who receives requests; true: nobody answers, so begin with Take.
  bool Put(Request request) {
    MutexLock lock(mutex_);
    if (closed_) return false;
    waiting_ = std::move(request);
    return !std::exchange(answering_, true);
  }

  // No more will come; the one that waits is still answered. True: nobody
  // answers, so end the stream.
  bool Close() {
    MutexLock lock(mutex_);
    closed_ = true;
    return !std::exchange(answering_, true);
  }

  // As Close, and the one that waits is forgotten.
  bool Cancel() {
    MutexLock lock(mutex_);
    closed_ = true;
    waiting_.reset();
    return !std::exchange(answering_, true);
  }

  // For who answers: at the beginning and after each answer.
  struct Next {
    std::optional<Request> request;  // Absent: stop answering.
    bool is_end = false;             // For good: end the stream.
  };
  Next Take() {
    MutexLock lock(mutex_);
    if (waiting_) return {.request = std::exchange(waiting_, std::nullopt)};
    answering_ = closed_;
    return {.is_end = closed_};
  }

 private:
  Mutex mutex_;
  std::optional<Request> waiting_ ABSL_GUARDED_BY(mutex_);
  bool answering_ ABSL_GUARDED_BY(mutex_) = false;  // Or ended.
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace hwledger
