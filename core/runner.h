#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/channel.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/link.h"
#include "core/engine/question.h"
#include "core/generation_outcome.h"
#include "core/generation_stream.h"
#include "core/load_plan.h"
#include "core/load_watch.h"
#include "core/mutex.h"
#include "core/open_question.h"
#include "core/open_requests.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// Why somebody claims a runner. A load that nobody waits for any more is given
// up, unless there was a request for the model: the next one is likely.
enum class ClaimReason { kLoad, kRequest };

// Who keeps accounts of a runner. Called outside of any lock, on threads that
// must not wait.
struct RunnerHooks {
  // A generation has ended, however.
  std::function<void(const LoadPlan&, const GenerationOutcome&)> on_generation;
  // It is told to end, while its process is still there; and it has ended,
  // after its last generation.
  std::function<void(const RunnerSnapshot&)> on_ending;
};

// The daemon's side of the process that runs one model: gives it generations
// and brings what it produces to whoever waits. It knows neither processes nor
// the wire: whoever runs the process calls the second half of its methods. Any
// thread may call anything.
class Runner : public std::enable_shared_from_this<Runner> {
 public:
  using OnReady = std::function<void(const RunnerSnapshot&)>;

  // `on_ready` is called once, if and when the model is loaded.
  explicit Runner(LoadPlan plan, OnReady on_ready = nullptr,
                  RunnerHooks hooks = {},
                  std::function<absl::Time()> now = absl::Now);

  const LoadPlan& plan() const { return *plan_; }

  // For those who want the model.

  // Takes the runner into use: until the last copy of what is returned is gone
  // it is not idle. Null: its process is on its way out, or gone.
  std::shared_ptr<Runner> Claim(ClaimReason reason);

  // Generates into `stream`, which ends with RESOURCE_EXHAUSTED where too many
  // wait already, and with UNAVAILABLE where the process is gone.
  void Submit(Generation generation,
              const std::shared_ptr<GenerationStream>& stream);

  // Asks once the model is loaded; `open` hears the answer. Fails as Submit.
  void Ask(Question question, const std::shared_ptr<OpenQuestion>& open);

  // Tells `watch` how the load goes, and ends it.
  void WatchLoad(const std::shared_ptr<LoadWatch>& watch);

  void SetRetention(const Retention& retention);

  // Asks for the process to end; streams end with `reason`.
  void Unload(absl::Status reason);
  // The same if it has been idle since `since` or longer; false: it has not.
  bool UnloadIfIdle(absl::Time since, absl::Status reason);
  // Returns once the process is gone.
  void WaitUntilEnded();
  // Returns once no generation or question runs or waits, at `deadline` at the
  // latest.
  void WaitUntilIdle(absl::Time deadline);

  LoadState state() const;
  RunnerSnapshot Snapshot() const;

  // For whoever runs the process.

  // What the process should do. Ends when it should end.
  Channel<Command>& commands() { return requests_->commands(); }
  // `stop` is called, once, when the process should end.
  void SetProcess(int64_t process_id, std::function<void()> stop);
  void SetLoadFraction(double fraction);
  void SetReady(std::vector<DeviceUse> measured);
  void Deliver(std::vector<StepEvent> events);
  // The process is gone; every stream ends with `reason`, or with the reason of
  // Unload where that came first.
  void End(absl::Status reason);

 private:
  struct Claimed;

  void EndClaim();
  // Ready, and nobody's.
  bool IsUnclaimed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return state_ == LoadState::kReady && claim_count_ == 0;
  }
  // What TellToEnd is to be called with, outside the lock. Nothing: it has been
  // told before.
  std::optional<std::function<void()>> BeginUnload(absl::Status reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellToEnd(const std::optional<std::function<void()>>& stop) const;
  // What the model holds: a Completion tells it, and one that begins to embed
  // takes more.
  void NoteMemory(StepEvent& event);
  std::vector<DeviceUse> Measured() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<const LoadPlan> plan_;
  const OnReady on_ready_;
  const std::function<void(const RunnerSnapshot&)> on_ending_;
  const std::function<absl::Time()> now_;
  const absl::Time started_at_;
  // Refuses whatever comes once the runner is on its way out. Its lock comes
  // after mutex_.
  const std::shared_ptr<OpenRequests> requests_;
  mutable Mutex mutex_;
  CondVar ended_;
  LoadState state_ ABSL_GUARDED_BY(mutex_) = LoadState::kLoading;
  double load_fraction_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<DeviceUse> measured_ ABSL_GUARDED_BY(mutex_);
  // What came after the load: a context to embed with.
  std::vector<DeviceUse> measured_beside_ ABSL_GUARDED_BY(mutex_);
  int64_t process_id_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time ready_at_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> stop_ ABSL_GUARDED_BY(mutex_);
  absl::Status unload_reason_ ABSL_GUARDED_BY(mutex_);
  absl::Status end_reason_ ABSL_GUARDED_BY(mutex_);
  absl::Time ended_at_ ABSL_GUARDED_BY(mutex_);
  bool has_crashed_ ABSL_GUARDED_BY(mutex_) = false;
  Retention retention_ ABSL_GUARDED_BY(mutex_);
  int64_t claim_count_ ABSL_GUARDED_BY(mutex_) = 0;
  bool was_requested_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time claimed_at_ ABSL_GUARDED_BY(mutex_);  // Last, or ready since.
  std::vector<std::shared_ptr<LoadWatch>> load_watches_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
