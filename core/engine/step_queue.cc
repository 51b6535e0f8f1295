#include "core/engine/step_queue.h"

#include <iterator>
#include <utility>

namespace hwledger {

void StepQueue::Add(std::vector<StepEvent> events) {
  if (events.empty()) return;
  {
    MutexLock lock(mutex_);
    if (waiting_.empty()) {
      waiting_ = std::move(events);
    } else {
      waiting_.insert(waiting_.end(), std::make_move_iterator(events.begin()),
                      std::make_move_iterator(events.end()));
    }
  }
  not_empty_.NotifyOne();
}

void StepQueue::Close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  not_empty_.NotifyAll();
}

std::vector<StepEvent> StepQueue::Take() {
  MutexLock lock(mutex_);
  while (waiting_.empty() && !closed_) not_empty_.Wait(mutex_);
  return std::exchange(waiting_, {});
}

}  // namespace hwledger
