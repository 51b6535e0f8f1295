#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/engine/command_queue.h"
#include "core/engine/link.h"
#include "core/engine/llama_model.h"

namespace hwledger {

// Embeds the texts of questions, first come, first served, a batch at a time,
// so that generations can go on between. For one thread.
class Embedder {
 public:
  explicit Embedder(LlamaModel& model) : model_(model) {}

  void Add(int64_t question_id, TokenizedTexts texts);
  // Does nothing where there is no such question.
  void Cancel(int64_t question_id);
  // Whether there is something to compute.
  bool CanStep() const { return !waiting_.empty(); }
  // Computes one batch, unless `commands` cancel the question it is for.
  void Step(const CommandQueue& commands);
  // What has happened since the last call.
  std::vector<StepEvent> TakeEvents();

 private:
  struct Waiting {
    int64_t question_id = 0;
    TokenizedTexts texts;
    EmbedAnswer answer;
  };

  // Of the texts that have no embedding yet, some.
  absl::Status EmbedSome(Waiting& question, const CommandQueue& commands);

  LlamaModel& model_;
  std::deque<Waiting> waiting_;
  std::vector<StepEvent> events_;
};

}  // namespace hwledger
