#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <variant>
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
                             const ServingOptions& serving = {},
                             std::vector<AdapterScale> adapters = {});

  // Never waits for the model. A Start that is refused has its Status as its
  // only event: InvalidArgument as Validate and LlamaModel::Tokenize say;
  // ResourceExhausted: too many wait; FailedPrecondition: no model is loaded. A
  // Question for the model's tokens is answered at once.
  void Submit(Command command);

  // What has happened to generations since the last call; waits for something.
  // Empty once stopped. For one thread at a time.
  std::vector<StepEvent> WaitForEvents() { return events_.Take(); }

  Pulse pulse() const { return commands_.pulse(); }

  // Gives up all that runs and ends WaitForEvents.
  void Stop();

 private:
  absl::Status LoadModels(const std::string& path, const EngineOptions& options,
                          const LlamaModel::Progress& progress,
                          const ServingOptions& serving,
                          std::vector<AdapterScale> adapters);
  absl::StatusOr<TokenizedStart> Accept(Start start);
  // The answer, or what the engine's thread needs to find it.
  absl::StatusOr<std::variant<Answer, TokenizedTexts>> Accept(
      const Question& question);
  // OK: one more generation or question can be taken on.
  absl::Status CheckRoom() const;
  void Run();
  void Deliver(std::vector<StepEvent> events);

  CommandQueue commands_;
  StepQueue events_;
  std::atomic<bool> load_called_ = false;
  std::atomic<LlamaModel*> model_ = nullptr;  // Set once it is ready.
  // Started and not ended yet; questions too that wait for their embeddings.
  std::atomic<int64_t> generation_count_ = 0;
  std::unique_ptr<LlamaModel> owned_model_;
  std::unique_ptr<DraftModel> draft_model_;  // Null: there is none.
  std::thread thread_;
};

}  // namespace hwledger
