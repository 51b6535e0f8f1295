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
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/channel.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/link.h"
#include "core/engine/question.h"
#include "core/engine/serving_options.h"
#include "core/generation_outcome.h"
#include "core/generation_stream.h"
#include "core/load_watch.h"
#include "core/model_counters.h"
#include "core/mutex.h"
#include "core/open_question.h"
#include "core/planner/planner.h"

namespace hwledger {

enum class LoadState { kLoading, kReady, kUnloading, kEnded };

// What is loaded, how, and what it was predicted to take.
struct LoadPlan {
  int64_t load_number = 0;  // Rising in the daemon's life; 0: none was given.
  std::string model_id;
  std::string path;
  std::string architecture;  // Empty: not known.
  std::string quantization;
  std::string model_digest;
  EngineOptions options;
  ServingOptions serving;
  std::string draft_model_id;  // Empty: none.
  std::vector<AdapterScale> adapters;
  PredictionMethod method = PredictionMethod::kAnalytic;
  std::vector<DevicePlan> shares;  // One per device.
  Throughput throughput;           // What they allow at best.

  Bytes predicted() const;
};

// How long a model stays that has nothing to do.
struct Retention {
  absl::Duration idle_ttl = absl::InfiniteDuration();
  // It stays, whatever its TTL and whoever wants its memory.
  bool pinned = false;
};

// Why somebody claims a runner. A load that nobody waits for any more is given
// up, unless there was a request for the model: the next one is likely.
enum class ClaimReason { kLoad, kRequest };

// A moment of a runner's life, for lists.
struct RunnerSnapshot {
  LoadPlan plan;
  LoadState state = LoadState::kLoading;
  double load_fraction = 0;
  std::vector<DeviceUse> measured;  // Empty until ready.
  int64_t process_id = 0;           // 0 until known.
  absl::Time started_at;
  absl::Time ready_at;
  int64_t generation_count = 0;  // Questions included.
  Retention retention;
  // Since when it has been ready and has had nothing to do; absent: it has.
  std::optional<absl::Time> idle_since;
  // Once it has ended.
  absl::Status end_reason;
  absl::Time ended_at;
  bool has_crashed = false;  // Nobody had asked it to end.
  ModelCounts counts;        // Of its model, as far as the lister counts.
};

// Who keeps accounts of a runner. Called outside of any lock, on threads that
// must not wait.
struct RunnerHooks {
  // A generation has ended, however.
  std::function<void(const LoadPlan&, const GenerationOutcome&)> on_generation;
  // It is told to end, while its process is still there; and it has ended,
  // after its last generation.
  std::function<void(const RunnerSnapshot&)> on_ending;
};

Bytes TotalOf(const std::vector<DeviceUse>& uses);

// The daemon's side of the process that runs one model: gives it generations
// and brings what it produces to whoever waits. It knows neither processes nor
// the wire: whoever runs the process calls the second half of its methods. Any
// thread may call anything.
class Runner : public std::enable_shared_from_this<Runner> {
 public:
  // Generations running and waiting, per model: what a crowd can ask for within
  // a few minutes of computing; beyond it a queue only hides the overload.
  static constexpr int64_t kGenerationsMax = 256;

  using OnReady = std::function<void(const RunnerSnapshot&)>;

  // `on_ready` is called once, if and when the model is loaded.
  explicit Runner(LoadPlan plan, OnReady on_ready = nullptr,
                  RunnerHooks hooks = {},
                  std::function<absl::Time()> now = absl::Now);

  const LoadPlan& plan() const { return plan_; }

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
  Channel<Command>& commands() { return commands_; }
  // `stop` is called, once, when the process should end.
  void SetProcess(int64_t process_id, std::function<void()> stop);
  void SetLoadFraction(double fraction);
  void SetReady(std::vector<DeviceUse> measured);
  void Deliver(std::vector<StepEvent> events);
  // The process is gone; every stream ends with `reason`, or with the reason of
  // Unload where that came first.
  void End(absl::Status reason);

 private:
  struct Running {
    std::shared_ptr<GenerationStream> stream;
    absl::Time arrived_at;
    absl::Time first_token_at = absl::InfiniteFuture();  // First of its text.
    GenerationOutcome outcome;
  };

  struct Claimed;

  void EndClaim();
  // No generation or question runs or waits.
  bool IsVacant() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return running_.empty() && asked_.empty();
  }
  std::optional<absl::Time> IdleSince() const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What TellToEnd is to be called with, outside the lock. Nothing: it has been
  // told before.
  std::optional<std::function<void()>> BeginUnload(absl::Status reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellToEnd(const std::optional<std::function<void()>>& stop) const;
  // Why no more can be taken on; OK: one more can.
  absl::Status TooManyCommands() const;
  absl::Status ReasonToRefuse() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Returns its number.
  int64_t Add(std::shared_ptr<GenerationStream> stream)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int64_t Add(std::shared_ptr<OpenQuestion> open)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A generation that ran by itself does so no longer.
  void EndSolitude() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CancelGeneration(int64_t generation_id);
  void CancelQuestion(int64_t question_id);
  void CloseQuestion(int64_t question_id, absl::StatusOr<Answer> answer);
  // Null: it has been answered.
  std::shared_ptr<OpenQuestion> TakeQuestion(int64_t question_id);
  // Accounts for it as ended with `code`. Null: it had ended before.
  std::shared_ptr<GenerationStream> Take(int64_t generation_id,
                                         absl::StatusCode code);
  void Report(Running generation, absl::StatusCode code) const;
  void DeliverOne(StepEvent event);
  // A model that begins to embed takes more memory.
  void NoteContext(const Answer& answer);
  std::vector<DeviceUse> Measured() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Notes the times of an event of a running generation and returns where it
  // goes.
  std::shared_ptr<GenerationStream> Stamp(StepEvent& event);

  const LoadPlan plan_;
  const OnReady on_ready_;
  const RunnerHooks hooks_;
  const std::function<absl::Time()> now_;
  const absl::Time started_at_;
  Channel<Command> commands_;
  mutable Mutex mutex_;
  CondVar ended_;
  CondVar idle_;
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
  absl::Time used_at_ ABSL_GUARDED_BY(mutex_);  // Last.
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<int64_t, Running> running_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, std::shared_ptr<OpenQuestion>> asked_
      ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<LoadWatch>> load_watches_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
