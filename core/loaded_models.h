#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/estimator.h"
#include "core/live_runners.h"
#include "core/load_plan.h"
#include "core/load_request.h"
#include "core/load_watch.h"
#include "core/mutex.h"
#include "core/reservation.h"
#include "core/runner.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// The models in memory, one runner each. Any thread.
class LoadedModels {
 public:
  // Starts the process for a runner and returns at once; the runner hears how
  // it went.
  using Launch = std::function<void(std::shared_ptr<Runner>)>;

  // From then on what is loaded here is reserved in the estimator's hardware,
  // which may not be asked any more once this is gone. `on_ready` hears of
  // every model that is loaded, `hooks` of every runner. `idle_ttl` counts
  // where a request has none.
  LoadedModels(Estimator& estimator, Launch launch,
               Runner::OnReady on_ready = nullptr, RunnerHooks hooks = {},
               absl::Duration idle_ttl = absl::InfiniteDuration(),
               std::function<absl::Time()> now = absl::Now);

  // The runner of a model, claimed: the one there is, whatever its options, or
  // a new one. Reads the model's file. Where memory is short, idle models that
  // are not pinned are unloaded, as few as will do; waits until they are gone.
  //
  // FieldError: idle_ttl. FailedPrecondition: nothing to run, only to plan.
  // ResourceExhausted: does not fit; says what is needed, what is free and what
  // would fit. Unavailable: it crashed too often; tells when to try again.
  absl::StatusOr<std::shared_ptr<Runner>> Acquire(const LoadRequest& request);

  // The same for `watch`, which ends with OK once the model is ready. Of a
  // model that is loaded already, idle_ttl and pinned are set as asked.
  //
  // Errors as Acquire's. FailedPrecondition: it is loaded with other options.
  void Load(const LoadRequest& request,
            const std::shared_ptr<LoadWatch>& watch);

  // By the name of the model.
  std::vector<RunnerSnapshot> List();

  // Returns once the process is gone: the memory it held. NotFound: not loaded.
  absl::StatusOr<Bytes> Unload(const std::string& model_id);

  // Counts for what is loaded from now on.
  void SetIdleTtl(absl::Duration idle_ttl);

  // Unloads what has been idle for its TTL. To be called now and then.
  void UnloadIdle();

  // Starts no more, lets what runs go on until `deadline`, then ends every
  // runner with `reason`. Returns once their processes are gone.
  void Drain(const absl::Status& reason, absl::Time deadline);

 private:
  absl::StatusOr<std::shared_ptr<Runner>> AcquireFor(const LoadRequest& request,
                                                     ClaimReason reason);
  absl::StatusOr<std::shared_ptr<Runner>> Start(const LoadRequest& request,
                                                const KnownModel& model,
                                                ClaimReason reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(admission_);
  absl::StatusOr<LoadPlan> Plan(const LoadRequest& request,
                                const KnownModel& model)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(admission_);
  // False: there is nothing to unload that would help.
  bool MakeRoom(const std::string& model_id, const MemoryPlan& plan)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(admission_);
  std::vector<Reservation> Reservations();
  absl::Duration idle_ttl();

  Estimator& estimator_;
  const Launch launch_;
  const std::function<absl::Time()> now_;
  LiveRunners runners_;
  // Held while a model is planned and its memory reserved: two at once would
  // both get what is free for one. Before mutex_, and the lock of runners_.
  Mutex admission_;
  Mutex mutex_;
  absl::Duration idle_ttl_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
