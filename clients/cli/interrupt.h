#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace hwledger {

// Watches for Ctrl-C while it lives: the first one calls `on_interrupt`, on a
// thread of its own; the second ends the process as it would without a watch.
// One at a time.
class InterruptWatch {
 public:
  explicit InterruptWatch(std::function<void()> on_interrupt);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  // Whether Ctrl-C came; true before `on_interrupt` is called.
  bool interrupted() const { return interrupted_; }

 private:
  std::atomic<bool> interrupted_ = false;
  std::thread thread_;
};

}  // namespace hwledger
