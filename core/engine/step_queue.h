#pragma once

#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/engine/link.h"
#include "core/mutex.h"

namespace hwledger {

// What happened to generations, on its way to the one thread that sends it on.
// Adding is cheap: a lock and a wake-up for a whole step. A slow sender gets
// several steps at once; credit bounds how many can wait.
class StepQueue {
 public:
  void Add(std::vector<StepEvent> events);
  // What was added before is still taken.
  void Close();

  // All that waits, in order; waits for something. Empty once closed.
  std::vector<StepEvent> Take();

 private:
  Mutex mutex_;
  CondVar not_empty_;
  std::vector<StepEvent> waiting_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace hwledger
