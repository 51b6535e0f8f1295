#pragma once

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "core/engine/link.h"
#include "core/mutex.h"

namespace hwledger {

// What happened to generations, on its way to the one thread that sends it on.
// Adding is cheap: a lock, and a wake-up for a whole step at most. A slow
// sender gets several steps at once; credit bounds how many can wait.
class StepQueue {
 public:
  // For so long after what was taken last, tokens wait for others to go with
  // them. Nobody sees a quarter of a frame, and a model that makes several in
  // that time keeps more of the processor to itself: a message takes two
  // processes some 250 us.
  static constexpr absl::Duration kLinger = absl::Milliseconds(4);

  explicit StepQueue(absl::Duration linger = kLinger) : linger_(linger) {}

  void Add(std::vector<StepEvent> events);
  // What was added before is still taken.
  void Close();

  // All that waits, in order, where tokens that follow one another are one;
  // waits for something. Empty once closed.
  std::vector<StepEvent> Take();

 private:
  const absl::Duration linger_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<StepEvent> waiting_ ABSL_GUARDED_BY(mutex_);
  absl::Time taken_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  // Among what waits there is something else than tokens.
  bool is_urgent_ ABSL_GUARDED_BY(mutex_) = false;
  bool lingers_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace hwledger
