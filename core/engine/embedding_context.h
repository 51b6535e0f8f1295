#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/engine/command_queue.h"
#include "core/engine/engine_options.h"
#include "core/engine/question.h"
#include "core/engine/token_batch.h"
#include "llama-cpp.h"

namespace hwledger {

// What a model's file says about embedding texts with it.
struct EmbeddingTraits {
  // FailedPrecondition: the model ranks texts and makes no embeddings.
  absl::StatusOr<Pooling> pooling = Pooling::kMean;
  // Every token sees the whole text, so that it must be computed at once.
  bool sees_whole_text = false;
  // Its state cannot hold texts of several lengths side by side.
  bool one_at_a_time = false;
  // The longest text that it can take at all.
  int64_t text_tokens_max = 0;

  // `has_cache`: the model can read a text piece by piece.
  static EmbeddingTraits Of(const llama_model* model, bool has_cache);
};

// A context that embeds, over the weights of a model that may have another
// context to generate with: libllama's contexts do one or the other. It takes a
// compute buffer and, for a model that has one, a KV cache as long as the
// longest text. For one thread; lives no longer than the model.
class EmbeddingContext {
 public:
  // Holds texts of up to `context_tokens`. ResourceExhausted: no memory for it.
  static absl::StatusOr<EmbeddingContext> Create(llama_model* model,
                                                 const EmbeddingTraits& traits,
                                                 const EngineOptions& options,
                                                 Pooling pooling,
                                                 int64_t context_tokens);

  Pooling pooling() const { return pooling_; }
  int64_t context_tokens() const { return context_tokens_; }
  // How many of the first of `texts` Embed takes at once, at least one.
  size_t Take(absl::Span<const std::vector<TokenId>> texts) const;
  llama_context* context() const { return context_.get(); }
  // What it takes, the weights of its model included.
  std::vector<DeviceUse> memory() const;

  // One embedding per text, as many as Take says; none is empty or longer than
  // the context. `give_up` is asked often; Cancelled: it said so.
  absl::StatusOr<std::vector<std::vector<float>>> Embed(
      absl::Span<const std::vector<TokenId>> texts,
      const std::function<bool()>& give_up);

 private:
  EmbeddingContext() = default;

  void Clear();
  // Adds tokens of the text `sequence`, the first at `position` in it.
  void Add(size_t sequence, size_t position, absl::Span<const TokenId> tokens);
  absl::Status Compute(const std::function<bool()>& give_up);
  // Of what the batch holds of the text `sequence`; null: there is none.
  const float* Pooled(size_t sequence) const;
  absl::StatusOr<std::vector<float>> EmbedInPieces(
      absl::Span<const TokenId> text, const std::function<bool()>& give_up);

  Pooling pooling_ = Pooling::kMean;
  int64_t context_tokens_ = 0;
  int64_t texts_max_ = 0;
  int64_t batch_tokens_ = 0;
  size_t width_ = 0;
  llama_context_ptr context_;
  std::unique_ptr<TokenBatch> batch_;
};

}  // namespace hwledger
