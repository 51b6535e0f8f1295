#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/engine/command_queue.h"
#include "core/engine/embedding_context.h"
#include "core/engine/engine_options.h"
#include "core/engine/model_weights.h"
#include "core/engine/question.h"
#include "core/engine/vocabulary.h"

namespace hwledger {

// How one model embeds texts: their tokens, and the one context that takes
// them. Lives no longer than the weights.
class TextEmbedding {
 public:
  // Whether the model can read a text piece by piece, and whether it generates
  // texts too.
  struct Kind {
    bool has_cache = false;
    bool generates = false;
  };
  TextEmbedding(const ModelWeights& weights, const EngineOptions& options,
                Kind kind);

  // For any thread. As LlamaModel::Tokenize.
  absl::StatusOr<TokenizedTexts> Tokenize(const EmbedQuestion& question) const;

  // For the engine's thread.

  // Makes the context that a model which only embeds is likely to need.
  absl::Status Prepare();
  // As LlamaModel::ContextToEmbed.
  absl::StatusOr<EmbeddingContext*> ContextFor(Pooling pooling,
                                               int64_t text_tokens);
  // Of the context, with the weights; nothing where there is none.
  std::vector<DeviceUse> memory() const;

 private:
  const ModelWeights& weights_;
  const EngineOptions options_;
  const Vocabulary vocabulary_;
  const EmbeddingTraits traits_;
  const int64_t text_tokens_max_;
  std::optional<EmbeddingContext> context_;
};

}  // namespace hwledger
