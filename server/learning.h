#pragma once

#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "core/estimator.h"
#include "core/ledger/ledger.h"

namespace hwledger {

// Lets predictions learn what the ledger says was measured: half a second after
// it is told that there is something, and no more often than that. Ends after
// `workers` do.
class Learning {
 public:
  Learning(Ledger& ledger, Estimator& estimator,
           const boost::asio::any_io_executor& workers);

  // Any thread.
  void Later();
  // No more of it, so that `workers` can end.
  void Stop();

 private:
  void Learn();

  Ledger& ledger_;
  Estimator& estimator_;
  // What follows is touched on it alone.
  boost::asio::strand<boost::asio::any_io_executor> strand_;
  boost::asio::steady_timer timer_;
  bool is_waiting_ = false;
  bool is_stopped_ = false;
};

}  // namespace hwledger
