#pragma once

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "core/channel.h"
#include "core/mutex.h"

namespace hwledger {

class Runner;

// The progress of a load on its way to a client that waits for it. It exists
// before its runner does, so a client can give up while the model is still
// being looked for.
class LoadWatch {
 public:
  LoadWatch();

  // For the client's side.

  // Progress from 0 to 1, until the end: OK once the model is ready.
  using Delivery = Channel<double>::Delivery;
  // As Channel::Pop; one thread at a time.
  void Pop(std::function<void(Delivery)> receive);
  // Gives the load up, unless others want it; the watch ends with CANCELLED.
  void Cancel();
  bool cancelled() const { return progress_.cancelled(); }
  // The claim on what has been loaded, from now on the caller's. Null before,
  // and after Cancel.
  std::shared_ptr<Runner> TakeRunner();

  // For the runner's side, any thread.

  // Keeps `runner`, a claim, for as long as the client waits. False: it has
  // given up.
  bool Attach(std::shared_ptr<Runner> runner);
  void Push(double fraction);
  // The first call counts.
  void Close(absl::Status status);

 private:
  Channel<double> progress_;
  Mutex mutex_;
  std::shared_ptr<Runner> runner_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
