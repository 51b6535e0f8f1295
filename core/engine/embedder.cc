#include "core/engine/embedder.h"

#include <cmath>
#include <utility>

#include "absl/status/status_macros.h"
#include "core/engine/embedding_context.h"

namespace hwledger {
namespace {

void Normalize(std::vector<float>& values) {
  double squares = 0;
  for (const float value : values) squares += double{value} * double{value};
  if (squares == 0) return;
  const auto scale = static_cast<float>(1 / std::sqrt(squares));
  for (float& value : values) value *= scale;
}

}  // namespace

void Embedder::Add(int64_t question_id, TokenizedTexts texts) {
  Waiting& added = waiting_.emplace_back();
  added.question_id = question_id;
  added.texts = std::move(texts);
  for (const std::vector<TokenId>& text : added.texts.texts) {
    added.answer.prompt_tokens += std::ssize(text);
  }
}

void Embedder::Cancel(int64_t question_id) {
  if (std::erase_if(waiting_, [&](const Waiting& question) {
        return question.question_id == question_id;
      }) > 0) {
    events_.push_back(
        {question_id, absl::CancelledError("the question was cancelled")});
  }
}

void Embedder::Step(const CommandQueue& commands) {
  Waiting& question = waiting_.front();
  const absl::Status status = EmbedSome(question, commands);
  if (absl::IsCancelled(status)) return;  // The Cancel is among the commands.
  const bool done =
      question.answer.embeddings.size() == question.texts.texts.size();
  if (status.ok() && !done) return;
  if (status.ok()) {
    events_.push_back({question.question_id, std::move(question.answer)});
  } else {
    events_.push_back({question.question_id, status});
  }
  waiting_.pop_front();
}

absl::Status Embedder::EmbedSome(Waiting& question,
                                 const CommandQueue& commands) {
  const TokenizedTexts& asked = question.texts;
  ABSL_ASSIGN_OR_RETURN(
      EmbeddingContext * context,
      model_.ContextToEmbed(asked.pooling, asked.longest_tokens()));
  const auto rest = absl::MakeConstSpan(asked.texts)
                        .subspan(question.answer.embeddings.size());
  ABSL_ASSIGN_OR_RETURN(auto embeddings,
                        context->Embed(rest.first(context->Take(rest)), [&] {
                          return commands.CancelsAll({question.question_id});
                        }));
  for (std::vector<float>& embedding : embeddings) {
    if (asked.normalize) Normalize(embedding);
    question.answer.embeddings.push_back(std::move(embedding));
  }
  question.answer.context = model_.MemoryToEmbed();
  return absl::OkStatus();
}

std::vector<StepEvent> Embedder::TakeEvents() {
  return std::exchange(events_, {});
}

}  // namespace hwledger
