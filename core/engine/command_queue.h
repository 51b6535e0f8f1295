#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "core/engine/link.h"
#include "core/engine/output_format.h"
#include "core/mutex.h"

namespace hwledger {

// A number of the model's vocabulary.
using TokenId = int32_t;

class Sampler;

// A Start whose prompt has been tokenized.
struct TokenizedStart {
  Start start;
  std::vector<TokenId> prompt;
  // How the answer to a chat is marked.
  std::optional<OutputFormat> format;
  // Of the model's adapters; sequences with others share neither a batch nor
  // what is cached of a prompt.
  std::vector<float> adapter_scales;
  // Chooses its tokens. Made beforehand, as that can take a while.
  std::shared_ptr<Sampler> sampler;
};

// An EmbedQuestion whose texts have been tokenized.
struct TokenizedTexts {
  std::vector<std::vector<TokenId>> texts;
  Pooling pooling = Pooling::kMean;
  bool normalize = true;

  int64_t longest_tokens() const;
};

struct EngineCommand {
  int64_t generation_id = 0;
  std::variant<TokenizedStart, Cancel, Grant, TokenizedTexts> action;
};

// Commands on their way to the thread of the engine.
class CommandQueue {
 public:
  // For any thread.

  void Push(EngineCommand command);
  // Commands that wait are dropped, and so are later ones.
  void Stop();
  // Of the engine's thread, as it takes commands.
  Pulse pulse() const;

  // For the engine's thread.

  enum class WhenEmpty { kReturn, kWait };
  // All that wait, in order; nothing once stopped.
  std::optional<std::vector<EngineCommand>> Take(WhenEmpty when_empty);
  // Whether a step that computes only for `generation_ids` is of no use any
  // more: each of them is about to be cancelled. Cheap while nobody cancels.
  bool CancelsAll(absl::Span<const int64_t> generation_ids) const;

 private:
  mutable Mutex mutex_;
  CondVar not_empty_;
  std::vector<EngineCommand> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // Whether a Cancel waits or it has stopped: read between the operations of a
  // step, where a lock would cost.
  std::atomic<bool> cancels_ = false;
  mutable std::atomic<int64_t> look_count_ = 0;
  std::atomic<bool> is_computing_ = false;
};

}  // namespace hwledger
