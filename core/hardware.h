#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/device.h"
#include "core/host_memory.h"
#include "core/mutex.h"
#include "core/reservation.h"

namespace hwledger {

// The devices of this machine. The engine knows them, but asking it takes a
// process and up to a second, so its answers are kept, also that there is none,
// and rates are measured only once. What main memory has free is as of the last
// few milliseconds. What is reserved is not free. Any thread.
class Hardware {
 public:
  using AskEngine =
      std::function<absl::StatusOr<std::vector<Device>>(DeviceRates)>;
  using Reservations = std::function<std::vector<Reservation>()>;

  explicit Hardware(AskEngine ask_engine,
                    std::function<absl::Time()> now = absl::Now);

  // Cores that this process may use. Asks nobody.
  static int64_t core_count();

  // Who knows what is reserved, from now on.
  void SetReservations(Reservations reservations);

  // What is known to be free is out of date: the next Snapshot asks again.
  void ForgetFreeMemory();

  // The CPU first. Where the engine does not answer, the CPU alone.
  std::vector<Device> Snapshot();

  // The same for someone who looks again and again: what a GPU has free may be
  // some seconds old, so that no process is started at each look.
  std::vector<Device> Watched();

 private:
  // The engine's last answer; devices stay known when it does not answer again.
  struct Known {
    std::vector<Device> devices;
    bool answered = false;
    absl::Time asked_at = absl::InfinitePast();
  };
  struct Host {
    std::optional<HostMemory> memory;
    absl::Time read_at = absl::InfinitePast();
  };

  // No older than `gpu_age_max`.
  Known Devices(absl::Duration gpu_age_max);
  std::vector<Device> SnapshotOf(Known known);
  std::optional<HostMemory> Memory();
  std::vector<Reservation> Reserved();

  const AskEngine ask_engine_;
  const std::function<absl::Time()> now_;
  Mutex mutex_;
  Known known_ ABSL_GUARDED_BY(mutex_);
  Host host_ ABSL_GUARDED_BY(mutex_);
  Reservations reservations_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
