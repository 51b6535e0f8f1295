#include "server/periodic_timer.h"

#include <utility>

#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"

namespace hwledger {

// All but its making happens on the executor.
struct PeriodicTimer::State : std::enable_shared_from_this<State> {
  State(const boost::asio::any_io_executor& executor, absl::Duration every,
        std::function<void()> function)
      : timer(executor), period(every), call(std::move(function)) {}

  void AwaitNext() {
    timer.expires_after(absl::ToChronoNanoseconds(period));
    timer.async_wait(
        [self = shared_from_this()](boost::system::error_code cancelled) {
          if (cancelled || self->is_stopped) return;
          self->call();
          self->AwaitNext();
        });
  }

  boost::asio::steady_timer timer;
  const absl::Duration period;
  const std::function<void()> call;
  bool is_stopped = false;
};

PeriodicTimer::PeriodicTimer(const boost::asio::any_io_executor& executor,
                             absl::Duration period, std::function<void()> call)
    : state_(std::make_shared<State>(executor, period, std::move(call))) {
  boost::asio::post(executor, [state = state_] { state->AwaitNext(); });
}

void PeriodicTimer::Stop() {
  boost::asio::post(state_->timer.get_executor(), [state = state_] {
    state->is_stopped = true;
    state->timer.cancel();
  });
}

}  // namespace hwledger
