#include "core/load_watch.h"

#include <cstdint>
#include <utility>

namespace hwledger {
namespace {

// A step each, and some to spare.
constexpr int64_t kProgressMax = 256;

}  // namespace

LoadWatch::LoadWatch() : progress_(kProgressMax) {}

void LoadWatch::Pop(std::function<void(Delivery)> receive) {
  progress_.Pop(std::move(receive));
}

void LoadWatch::Cancel() {
  progress_.Cancel();
  TakeRunner();
  progress_.Close(absl::CancelledError("cancelled by the client"));
}

std::shared_ptr<Runner> LoadWatch::TakeRunner() {
  MutexLock lock(mutex_);
  return std::exchange(runner_, nullptr);
}

bool LoadWatch::Attach(std::shared_ptr<Runner> runner) {
  MutexLock lock(mutex_);
  if (progress_.cancelled()) return false;
  runner_ = std::move(runner);
  return true;
}

void LoadWatch::Push(double fraction) { progress_.Push(fraction); }

void LoadWatch::Close(absl::Status status) {
  progress_.Close(std::move(status));
}

}  // namespace hwledger
