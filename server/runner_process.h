#pragma once

#include <memory>
#include <string>

#include "boost/asio/any_io_executor.hpp"
#include "core/runner.h"

namespace hwledger {

// Starts the process of `runner` (the program at `runner_path`), links the two
// and watches it on `executor`, a single thread, until it has ended; the runner
// hears how it went. The process ends when its standard input closes, so it
// never outlives the daemon. Returns at once.
void StartRunnerProcess(const boost::asio::any_io_executor& executor,
                        std::string runner_path,
                        std::shared_ptr<Runner> runner);

}  // namespace hwledger
