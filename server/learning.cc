#include "server/learning.h"

#include <chrono>
#include <utility>

#include "boost/asio/post.hpp"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// It takes some milliseconds, and generations can end hundreds of times a
// second.
constexpr auto kDelay = std::chrono::milliseconds(500);

}  // namespace

Learning::Learning(Ledger& ledger, Estimator& estimator,
                   const boost::asio::any_io_executor& workers)
    : ledger_(ledger),
      estimator_(estimator),
      strand_(boost::asio::make_strand(workers)),
      timer_(strand_) {}

void Learning::Later() {
  boost::asio::post(strand_, [this] {
    if (is_stopped_ || std::exchange(is_waiting_, true)) return;
    timer_.expires_after(kDelay);
    timer_.async_wait([this](boost::system::error_code stopped) {
      is_waiting_ = false;
      if (!stopped && !is_stopped_) Learn();
    });
  });
}

void Learning::Stop() {
  boost::asio::post(strand_, [this] {
    is_stopped_ = true;
    timer_.cancel();
  });
}

void Learning::Learn() {
  absl::StatusOr<Measurements> measured =
      ledger_.SummarizeMeasurements(Hardware::core_count());
  if (measured.ok()) {
    estimator_.SetMeasurements(*std::move(measured));
  } else {
    spdlog::error("predictions do not learn from the ledger: {}",
                  measured.status().message());
  }
}

}  // namespace hwledger
