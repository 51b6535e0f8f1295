#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/engine/adapter_turn.h"
#include "core/engine/command_queue.h"
#include "core/engine/link.h"
#include "core/engine/llama_model.h"
#include "core/engine/sampler.h"
#include "core/engine/sequence.h"

namespace hwledger {

// Runs the generations of one model: those that have a slot share every batch,
// the others wait for one, first come, first served. For one thread.
class Batcher {
 public:
  explicit Batcher(LlamaModel& model);

  void Apply(EngineCommand command);
  // Whether there is something to compute; if not, all wait for commands.
  bool CanStep() const;
  // Computes one batch, unless `commands` cancel all that it is for.
  void Step(const CommandQueue& commands);
  // What has happened since the last call.
  std::vector<StepEvent> TakeEvents();

 private:
  struct Waiting {
    int64_t generation_id = 0;
    TokenizedStart start;
    int64_t reported_position = -1;
  };
  struct Running {
    Sequence sequence;
    Sampler sampler;
    int64_t slot = 0;
    int64_t share = 0;       // Its tokens in the batch.
    int64_t last_index = 0;  // Of them, in the batch.
    bool ended = false;
  };

  void Cancel(int64_t generation_id);
  void Grant(int64_t generation_id, int64_t credit_tokens);

  void Admit();
  // What each running sequence could compute in a batch with the others whose
  // turn it is.
  std::vector<int64_t> TakeDemands();
  // False: there is nothing to compute.
  bool FillBatch();
  LlamaModel::Outcome Compute(const CommandQueue& commands);
  void TakeOutputs();
  void FailNewestOfBatch(const absl::Status& status);
  void FailBatch(const absl::Status& status);
  void Fail(Running& running, const absl::Status& status);
  // Frees the slot of what has had its last event.
  void End(Running& running);
  void RemoveEnded();
  void ReportPositions();

  LlamaModel& model_;
  std::deque<Waiting> waiting_;
  std::vector<std::unique_ptr<Running>> running_;  // In the order they came.
  std::vector<int64_t> free_slots_;
  std::vector<StepEvent> events_;
  int64_t step_number_ = 0;
  AdapterTurn adapter_turn_;
};

}  // namespace hwledger
