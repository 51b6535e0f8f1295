#pragma once

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "boost/asio/any_io_executor.hpp"

namespace hwledger {

// Calls a function on an executor, again and again, until stopped.
class PeriodicTimer {
 public:
  // `executor` is a single thread.
  PeriodicTimer(const boost::asio::any_io_executor& executor,
                absl::Duration period, std::function<void()> call);

  // Once, at the end; from any thread. The executor has no work of it any more
  // once what it has in hand is done.
  void Stop();

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace hwledger
