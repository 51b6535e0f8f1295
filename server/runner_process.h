#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "boost/asio/any_io_executor.hpp"
#include "core/runner.h"

namespace hwledger {

// The program that runs models.
struct RunnerProgram {
  std::string path;
  // A process that has not answered, or computed, for so long is killed; one
  // that hangs is found within a quarter more. Zero: it may hang.
  absl::Duration hang_timeout;
};

// Starts the process of `runner`, links the two and watches it on `executor`, a
// single thread, until it has ended; the runner hears how it went. The process
// ends when its standard input closes, so it never outlives the daemon. Returns
// at once.
void StartRunnerProcess(const boost::asio::any_io_executor& executor,
                        RunnerProgram program, std::shared_ptr<Runner> runner);

}  // namespace hwledger
