#include "core/outstanding_memory.h"

#include <algorithm>

#include "core/host_memory.h"

namespace hwledger {
namespace {

// A GPU with memory of its own keeps it; the others take from main memory.
Reservation ReservationOf(const DevicePlan& share) {
  const bool has_memory = share.device.kind == DeviceKind::kGpu;
  return {.gpu = has_memory ? share.device.name : "", .memory = share.total()};
}

}  // namespace

std::vector<Reservation> OutstandingMemory(const RunnerSnapshot& runner) {
  Bytes taken = ReadAnonymousMemory(runner.process_id).value_or(Bytes());
  std::vector<Reservation> outstanding;
  for (const DevicePlan& share : runner.plan.shares) {
    Reservation& reservation = outstanding.emplace_back(ReservationOf(share));
    if (reservation.gpu.empty()) {
      const Bytes part = std::min(taken, reservation.memory);
      reservation.memory = reservation.memory - part;
      taken = taken - part;
    } else if (runner.state != LoadState::kLoading) {
      reservation.shows_at = runner.ready_at;
    }
  }
  return outstanding;
}

}  // namespace hwledger
