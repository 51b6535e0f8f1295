#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/crash_streak.h"
#include "core/estimator.h"
#include "core/load_watch.h"
#include "core/mutex.h"
#include "core/reservation.h"
#include "core/runner.h"

namespace hwledger {

// A model to load. What is absent is left to the daemon.
struct LoadRequest {
  std::string model_id;
  std::optional<int64_t> sequence_length;  // Else the model's, up to 4096.
  std::optional<int64_t> slot_count;       // Else 4.
  std::optional<std::string> kv_cache_type_k;
  std::optional<std::string> kv_cache_type_v;
  std::optional<int64_t> micro_batch_size;
  std::optional<int64_t> gpu_layers;
  std::optional<int64_t> thread_count;  // Else one per core.
  std::optional<FlashAttention> flash_attention;
  std::optional<bool> kv_unified;
  std::optional<bool> swa_full;
  std::optional<int64_t> cpu_moe_layers;
  std::string draft_model_id;  // Empty: none.
  std::optional<bool> ngram_lookup;
  std::optional<int64_t> draft_tokens_max;
  std::optional<int64_t> prefix_cache_bytes;
  std::vector<AdapterScale> lora_adapters;
  bool force = false;                      // Even where the plan does not fit.
  std::optional<absl::Duration> idle_ttl;  // Else the daemon's.
  std::optional<bool> pinned;              // Else not.
};

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
  // Null: there is none, and nothing is in the way of a new one. Waits for one
  // that is on its way out.
  absl::StatusOr<std::shared_ptr<Runner>> ClaimLive(const KnownModel& model,
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
  // Those given, and what counts for the model at `path`.
  RunnerHooks HooksFor(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Runner> FindLive(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetEnded() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // By its name or its path; a file that is gone from disk is found too.
  std::shared_ptr<Runner> FindLoaded(const std::string& model_id);

  Estimator& estimator_;
  const Launch launch_;
  const Runner::OnReady on_ready_;
  const RunnerHooks hooks_;
  const std::function<absl::Time()> now_;
  // Held while a model is planned and its memory reserved: two at once would
  // both get what is free for one. Before mutex_.
  Mutex admission_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<Runner>> runners_
      ABSL_GUARDED_BY(mutex_);  // By path.
  // Of every model that was ever loaded, by path.
  std::map<std::string, std::shared_ptr<ModelCounters>> counters_
      ABSL_GUARDED_BY(mutex_);
  int64_t next_load_number_ ABSL_GUARDED_BY(mutex_) = 1;
  // By path; at most one entry for each file that ever crashed.
  std::map<std::string, CrashStreak> crashes_ ABSL_GUARDED_BY(mutex_);
  absl::Duration idle_ttl_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> stopped_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
