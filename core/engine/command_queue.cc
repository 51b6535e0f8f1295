#include "core/engine/command_queue.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"

namespace hwledger {

int64_t TokenizedTexts::longest_tokens() const {
  int64_t longest = 0;
  for (const std::vector<TokenId>& text : texts) {
    longest = std::max(longest, std::ssize(text));
  }
  return longest;
}

void CommandQueue::Push(EngineCommand command) {
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    if (std::holds_alternative<Cancel>(command.action)) cancels_ = true;
    waiting_.push_back(std::move(command));
  }
  not_empty_.NotifyOne();
}

void CommandQueue::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    cancels_ = true;
    waiting_.clear();
  }
  not_empty_.NotifyOne();
}

Pulse CommandQueue::pulse() const {
  return {.look_count = look_count_, .is_computing = is_computing_};
}

std::optional<std::vector<EngineCommand>> CommandQueue::Take(
    WhenEmpty when_empty) {
  ++look_count_;
  MutexLock lock(mutex_);
  while (when_empty == WhenEmpty::kWait && waiting_.empty() && !stopped_) {
    is_computing_ = false;
    not_empty_.Wait(mutex_);
  }
  is_computing_ = true;
  if (stopped_) return std::nullopt;
  cancels_ = false;
  return std::exchange(waiting_, {});
}

bool CommandQueue::CancelsAll(absl::Span<const int64_t> generation_ids) const {
  look_count_.fetch_add(1, std::memory_order_relaxed);
  if (!cancels_.load(std::memory_order_relaxed)) return false;
  MutexLock lock(mutex_);
  const auto is_cancelled =
      [&](int64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return absl::c_any_of(waiting_, [&](const EngineCommand& command) {
          return command.generation_id == id &&
                 std::holds_alternative<Cancel>(command.action);
        });
      };
  return stopped_ || absl::c_all_of(generation_ids, is_cancelled);
}

}  // namespace hwledger
