#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/channel.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/link.h"
#include "core/engine/question.h"
#include "core/generation_stream.h"
#include "core/mutex.h"
#include "core/open_question.h"
#include "core/planner/planner.h"

namespace hwledger {

enum class LoadState { kLoading, kReady, kUnloading, kEnded };

// What is loaded, how, and what it was predicted to take.
struct LoadPlan {
  std::string model_id;
  std::string path;
  std::string architecture;  // Empty: not known.
  std::string quantization;
  EngineOptions options;
  std::vector<AdapterScale> adapters;
  PredictionMethod method = PredictionMethod::kAnalytic;
  std::vector<DevicePlan> shares;  // One per device.

  Bytes predicted() const;
};

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
  explicit Runner(LoadPlan plan, OnReady on_ready = nullptr);

  const LoadPlan& plan() const { return plan_; }

  // For those who want the model.

  // Generates into `stream`, which ends with RESOURCE_EXHAUSTED where too many
  // wait already, and with UNAVAILABLE where the process is gone.
  void Submit(Generation generation,
              const std::shared_ptr<GenerationStream>& stream);

  // Asks once the model is loaded; `open` hears the answer. Fails as Submit.
  void Ask(Question question, const std::shared_ptr<OpenQuestion>& open);

  // Progress of loading, 0 to 1, until the channel ends: OK once ready.
  std::shared_ptr<Channel<double>> WatchLoad();

  // Asks for the process to end; streams end with CANCELLED.
  void Unload(absl::Status reason);
  // Returns once the process is gone.
  void WaitUntilEnded();
  // Returns once no generation or question runs or waits, at `deadline` at the
  // latest.
  void WaitUntilIdle(absl::Time deadline);

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
  };

  // Why no more can be taken on; OK: one more can.
  absl::Status Refusal() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CancelGeneration(int64_t generation_id);
  void CancelQuestion(int64_t question_id);
  void CloseQuestion(int64_t question_id, absl::StatusOr<Answer> answer);
  // Null: it has been answered.
  std::shared_ptr<OpenQuestion> TakeQuestion(int64_t question_id);
  std::shared_ptr<GenerationStream> Take(int64_t generation_id);
  void DeliverOne(StepEvent event);
  // A model that begins to embed takes more memory.
  void NoteContext(const Answer& answer);
  std::vector<DeviceUse> Measured() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Notes the times of an event of a running generation and returns where it
  // goes.
  std::shared_ptr<GenerationStream> Stamp(StepEvent& event);

  const LoadPlan plan_;
  const absl::Time started_at_;
  const OnReady on_ready_;
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
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<int64_t, Running> running_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, std::shared_ptr<OpenQuestion>> asked_
      ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Channel<double>>> load_watchers_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
