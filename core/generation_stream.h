#pragma once

#include <cstdint>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "core/channel.h"
#include "core/engine/generation.h"
#include "core/mutex.h"

namespace hwledger {

// The events of one generation on their way from a runner to a client. It
// exists before its runner does, so a client can wait and cancel while a model
// is still being looked for.
class GenerationStream {
 public:
  // Tokens that a runner may send before the client has taken any: at thousands
  // of tokens per second a tenth of a second, in memory a few kilobytes.
  static constexpr int64_t kCreditTokens = 256;

  GenerationStream();

  // For the client's side, one thread at a time.

  using Delivery = Channel<GenerationEvent>::Delivery;
  // As Channel::Pop. What has been delivered counts as taken.
  void Pop(std::function<void(Delivery)> receive);
  // Gives the generation up; the stream ends with CANCELLED.
  void Cancel();

  // For the runner's side, any thread.

  bool cancelled() const { return events_.cancelled(); }

  // Ties the stream to a runner: `grant` is called with tokens taken, `cancel`
  // when the client gives up. False, and neither is called, where it already
  // has.
  bool Attach(std::function<void(int64_t)> grant, std::function<void()> cancel);
  // False where nobody wants the event.
  bool Push(GenerationEvent event);
  // The first call counts.
  void Close(absl::Status status);

 private:
  void CountTaken(const Delivery& delivery);

  Channel<GenerationEvent> events_;
  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void(int64_t)> grant_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> cancel_ ABSL_GUARDED_BY(mutex_);
  int64_t taken_tokens_ ABSL_GUARDED_BY(mutex_) = 0;  // Not granted again yet.
};

}  // namespace hwledger
