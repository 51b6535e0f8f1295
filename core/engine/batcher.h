#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/engine/adapter_turn.h"
#include "core/engine/command_queue.h"
#include "core/engine/drafter.h"
#include "core/engine/link.h"
#include "core/engine/llama_model.h"
#include "core/engine/prefill_pace.h"
#include "core/engine/running_generation.h"
#include "core/engine/scheduler.h"
#include "core/engine/slot_pool.h"
#include "core/engine/waiting_line.h"

namespace hwledger {

// Runs the generations of one model: those that have a slot share every batch,
// the others wait for one. For one thread.
class Batcher {
 public:
  // `draft` may be null.
  explicit Batcher(LlamaModel& model, DraftModel* draft = nullptr);

  void Apply(EngineCommand command);
  // Whether there is something to compute; if not, all wait for commands.
  bool CanStep() const;
  // Computes one batch, unless `commands` cancel all that it is for.
  void Step(const CommandQueue& commands);
  // What has happened since the last call.
  std::vector<StepEvent> TakeEvents();

 private:
  void Cancel(int64_t generation_id);
  void Grant(int64_t generation_id, int64_t credit_tokens);

  void Admit();
  std::unique_ptr<RunningGeneration> Begin(Waiting waiting);
  // Decides whose turn it is to be in the next batch.
  void TakeTurns();
  // Whether a text waits for the next batch.
  bool HasRunning() const;
  void Propose();
  BatchRoom Room() const;
  // Whether the first that reads has less than half of what is in the cache.
  bool ReadsAmongMany() const;
  // False: there is nothing to compute.
  bool FillBatch();
  void AddToBatch(RunningGeneration& running);
  LlamaModel::Outcome Compute(const CommandQueue& commands);
  void TakeOutputs();
  void KeepCheckpoint(RunningGeneration& running);
  // Makes the next try of a batch that found no room a smaller one.
  void MakeRoom();
  bool DropDrafts();
  void FailNewestOfBatch(const absl::Status& status);
  void FailBatch(const absl::Status& status);
  // Whether what is computed of a sequence is still in its slot.
  enum class Remains { kNothing, kComputed };
  void Fail(RunningGeneration& running, const absl::Status& status,
            Remains remains);
  // Frees the slot of what has had its last event.
  void End(RunningGeneration& running, Remains remains);
  void RemoveEnded();
  void ReportPositions();

  LlamaModel& model_;
  SlotPool slots_;
  PrefillPace pace_;
  Drafter drafter_;
  WaitingLine waiting_;
  // In the order they came.
  std::vector<std::unique_ptr<RunningGeneration>> running_;
  std::vector<StepEvent> events_;
  int64_t step_number_ = 0;
  AdapterTurn adapter_turn_;

  // Of the batch; kept so that a step allocates nothing.
  BatchLoad load_;
  std::vector<DraftRequest> draft_requests_;
  std::vector<Demand> demands_;
  std::vector<int64_t> shares_;
  std::vector<RunningGeneration*> batch_;  // Those in it.
  std::vector<int64_t> batch_ids_;
};

}  // namespace hwledger
