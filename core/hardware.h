#pragma once

#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/device.h"
#include "core/mutex.h"

namespace hwledger {

// The devices of this machine. The engine knows them, but asking it takes a
// process and up to a second, so its answers are kept, and rates are measured
// only once; main memory is read afresh each time. Any thread.
class Hardware {
 public:
  using AskEngine =
      std::function<absl::StatusOr<std::vector<Device>>(DeviceRates)>;

  explicit Hardware(AskEngine ask_engine,
                    std::function<absl::Time()> now = absl::Now);

  // The CPU first. Where the engine does not answer, the CPU alone.
  std::vector<Device> Snapshot();

 private:
  const AskEngine ask_engine_;
  const std::function<absl::Time()> now_;
  Mutex mutex_;
  std::vector<Device> known_ ABSL_GUARDED_BY(mutex_);
  absl::Time asked_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace hwledger
