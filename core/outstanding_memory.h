#pragma once

#include <vector>

#include "core/reservation.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// What a runner's model was promised and has not taken, device by device. Of
// main memory those are the weights, as pages of their file, and the buffers
// not used yet. Asks the system what the process has taken.
std::vector<Reservation> OutstandingMemory(const RunnerSnapshot& runner);

}  // namespace hwledger
