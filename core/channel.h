#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "core/mutex.h"

namespace hwledger {

// Hands items from the threads that make them to the one that sends them on.
// All that waits is handed over at once, so a slow receiver gets fewer and
// larger deliveries. Pushing never waits: the maker keeps within `capacity` by
// credit that the receiver grants, and a push beyond it is refused.
template <typename T>
class Channel {
 public:
  // The items since the last delivery, in order, and how the channel ended if
  // it has. Only the last delivery has an `end`; only it may be without items.
  struct Delivery {
    std::vector<T> items;
    std::optional<absl::Status> end;
  };
  using Receive = std::function<void(Delivery)>;

  explicit Channel(int64_t capacity) : capacity_(capacity) {}

  // For the makers; any thread.

  // False when the item was dropped: the channel is full, closed or cancelled.
  bool Push(T item) {
    return Add([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      if (end_ || cancelled_ || std::ssize(waiting_) >= capacity_) return false;
      waiting_.push_back(std::move(item));
      return true;
    });
  }

  // Ends the channel after the items pushed so far. Only the first call counts.
  void Close(absl::Status end) {
    Add([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      if (end_) return false;
      end_ = std::move(end);
      return true;
    });
  }

  bool cancelled() const {
    MutexLock lock(mutex_);
    return cancelled_;
  }

  // For the receiver; one thread at a time.

  // Calls `receive` with what there is: at once if there is something,
  // otherwise later, on a maker's thread. Call again only after a delivery
  // without an end.
  void Pop(Receive receive) {
    Add([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      assert(!receive_);
      receive_ = std::move(receive);
      return true;
    });
  }

  // Drops what waits and what is still pushed. The end is still delivered.
  void Cancel() {
    MutexLock lock(mutex_);
    cancelled_ = true;
    waiting_.clear();
  }

 private:
  // Makes one change and hands over what is due after it, outside the lock.
  template <typename Change>
  bool Add(const Change& change) {
    Receive receive;
    Delivery delivery;
    {
      MutexLock lock(mutex_);
      if (!change()) return false;
      if (!receive_ || (waiting_.empty() && !end_)) return true;
      receive = std::exchange(receive_, nullptr);
      delivery.items = std::exchange(waiting_, {});
      delivery.end = end_;
    }
    receive(std::move(delivery));
    return true;
  }

  const int64_t capacity_;
  mutable Mutex mutex_;
  std::vector<T> waiting_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  Receive receive_ ABSL_GUARDED_BY(mutex_);  // Set only while nothing waits.
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace hwledger
