#include "core/watchdog.h"

namespace hwledger {

void Watchdog::Hear(const Pulse& pulse) {
  ticks_without_answer_ = 0;
  if (!pulse.is_computing || pulse != pulse_) ticks_without_progress_ = 0;
  pulse_ = pulse;
}

Watchdog::Finding Watchdog::Tick() {
  ++ticks_without_answer_;
  ++ticks_without_progress_;
  if (ticks_without_answer_ > kTicksMax) return Finding::kDoesNotAnswer;
  return ticks_without_progress_ > kTicksMax ? Finding::kDoesNotCompute
                                             : Finding::kWorks;
}

}  // namespace hwledger
