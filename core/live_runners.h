#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/crash_streak.h"
#include "core/load_plan.h"
#include "core/model/known_model.h"
#include "core/model_counters.h"
#include "core/mutex.h"
#include "core/runner.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// The runners there are, one per model, and what outlasts them: what a model's
// generations came to, and how often its process has crashed in a row. Any
// thread.
class LiveRunners {
 public:
  // `on_ready` hears of every model that is loaded, `hooks` of every runner.
  LiveRunners(Runner::OnReady on_ready, RunnerHooks hooks,
              std::function<absl::Time()> now);

  // A model's runner, claimed. Null: there is none, and nothing is in the way
  // of a new one. Waits for one that is on its way out. Unavailable: it crashed
  // too often; tells when to try again.
  absl::StatusOr<std::shared_ptr<Runner>> Claim(const KnownModel& model,
                                                ClaimReason reason);

  // A new runner, claimed, for a model that has none; numbers its load.
  // ResourceExhausted: there are too many.
  absl::StatusOr<std::shared_ptr<Runner>> Add(LoadPlan plan,
                                              const Retention& retention,
                                              ClaimReason reason);

  // By the name of the model.
  std::vector<RunnerSnapshot> List();
  // Those that may have ended included.
  std::vector<std::shared_ptr<Runner>> All();
  // The one of the model at `path`. Null: there is none.
  std::shared_ptr<Runner> At(const std::string& path);
  // By its name or its path; a file that is gone from disk is found too.
  std::shared_ptr<Runner> Find(const std::string& model_id);

  // There will be no more: Claim and Add fail with `reason`.
  void Close(const absl::Status& reason);

 private:
  // Those given, and what counts for the model at `path`.
  RunnerHooks HooksFor(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Runner> LiveAt(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetEnded() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Runner::OnReady on_ready_;
  const RunnerHooks hooks_;
  const std::function<absl::Time()> now_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<Runner>> runners_
      ABSL_GUARDED_BY(mutex_);  // By path.
  // Of every model that was ever loaded, by path.
  std::map<std::string, std::shared_ptr<ModelCounters>> counters_
      ABSL_GUARDED_BY(mutex_);
  // By path; at most one entry for each file that ever crashed.
  std::map<std::string, CrashStreak> crashes_ ABSL_GUARDED_BY(mutex_);
  int64_t next_load_number_ ABSL_GUARDED_BY(mutex_) = 1;
  std::optional<absl::Status> closed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
