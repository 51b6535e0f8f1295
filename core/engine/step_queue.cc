#include "core/engine/step_queue.h"

#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/time/clock.h"
#include "core/engine/join_texts.h"

namespace hwledger {
namespace {

bool IsUrgent(const StepEvent& event) {
  return !std::holds_alternative<Token>(event.event) &&
         !std::holds_alternative<Reasoning>(event.event);
}

// Keeps the order within each generation.
std::vector<StepEvent> Joined(std::vector<StepEvent> events) {
  std::map<int64_t, size_t> last_of;  // By generation.
  std::vector<StepEvent> joined;
  joined.reserve(events.size());
  for (StepEvent& event : events) {
    const auto [last, is_first] =
        last_of.try_emplace(event.generation_id, joined.size());
    if (!is_first && JoinTexts(event.event, joined[last->second].event)) {
      continue;
    }
    last->second = joined.size();
    joined.push_back(std::move(event));
  }
  return joined;
}

}  // namespace

void StepQueue::Add(std::vector<StepEvent> events) {
  if (events.empty()) return;
  const bool is_urgent = absl::c_any_of(events, IsUrgent);
  bool wakes = false;
  {
    MutexLock lock(mutex_);
    is_urgent_ |= is_urgent;
    wakes = is_urgent || (waiting_.empty() && !lingers_);
    if (waiting_.empty()) {
      waiting_ = std::move(events);
    } else {
      waiting_.insert(waiting_.end(), std::make_move_iterator(events.begin()),
                      std::make_move_iterator(events.end()));
    }
  }
  if (wakes) changed_.NotifyOne();
}

void StepQueue::Close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.NotifyAll();
}

std::vector<StepEvent> StepQueue::Take() {
  std::vector<StepEvent> taken;
  {
    MutexLock lock(mutex_);
    const absl::Time lingers_until = taken_at_ + linger_;
    lingers_ = true;
    while (!is_urgent_ && !closed_ && absl::Now() < lingers_until) {
      changed_.WaitUntil(mutex_, lingers_until);
    }
    lingers_ = false;
    while (waiting_.empty() && !closed_) changed_.Wait(mutex_);
    taken_at_ = absl::Now();
    is_urgent_ = false;
    taken = std::exchange(waiting_, {});
  }
  return Joined(std::move(taken));
}

}  // namespace hwledger
