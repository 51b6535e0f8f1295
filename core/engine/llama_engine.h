#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/engine/command_queue.h"
#include "core/engine/draft_model.h"
#include "core/engine/engine_options.h"
#include "core/engine/link.h"
#include "core/engine/llama_model.h"
#include "core/engine/step_queue.h"

namespace hwledger {

// Loads one model and runs its generations, on a thread of its own. Any thread
// may call.
class LlamaEngine {
 public:
  LlamaEngine() = default;
  // Gives up all that runs.
  ~LlamaEngine();

  // Once, first. LlamaModel::Load tells the errors.
  absl::StatusOr<Ready> Load(const std::string& path,
                             const EngineOptions& options,
                             const LlamaModel::Progress& progress,
                             const ServingOptions& serving = {});

  // Never waits for the model. A Start that is refused has its Status as its
  // only event: InvalidArgument as Validate and LlamaModel::Tokenize say;
  // ResourceExhausted: too many wait; FailedPrecondition: no model is loaded.
  void Submit(Command command);

  // What has happened to generations since the last call; waits for something.
  // Empty once stopped. For one thread at a time.
  std::vector<StepEvent> WaitForEvents() { return events_.Take(); }

  Pulse pulse() const { return commands_.pulse(); }

  // Gives up all that runs and ends WaitForEvents.
  void Stop();

 private:
  absl::StatusOr<TokenizedStart> Accept(Start start);
  void Run();

  CommandQueue commands_;
  StepQueue events_;
  std::atomic<bool> load_called_ = false;
  std::atomic<LlamaModel*> model_ = nullptr;  // Set once it is ready.
  // Started and not ended yet.
  std::atomic<int64_t> generation_count_ = 0;
  std::unique_ptr<LlamaModel> owned_model_;
  std::unique_ptr<DraftModel> draft_model_;  // Null: there is none.
  std::thread thread_;
};

}  // namespace hwledger
