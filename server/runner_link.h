#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "boost/asio/any_io_executor.hpp"
#include "core/runner.h"

namespace hwledger {

// The daemon's end of the link to a process that runs a model: loads the model,
// then carries the runner's commands there and what happens back, until the
// link breaks. Takes `link_fd`, a connected socket. `lost` is called when the
// load fails or the link breaks, up to three times, on a thread of gRPC's;
// UNAVAILABLE then says no more than that the process does not answer. The link
// counts as work of `executor` until nothing of it is left.
//
// Returns how to ask for the process's pulse, on the executor's thread; `heard`
// is called with the answer, on a thread of gRPC's, if there is one.
std::function<void()> ConnectRunner(
    const boost::asio::any_io_executor& executor, int link_fd,
    std::shared_ptr<Runner> runner, std::function<void(absl::Status)> lost,
    std::function<void(Pulse)> heard);

}  // namespace hwledger
