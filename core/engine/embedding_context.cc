#include "core/engine/embedding_context.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/engine/libllama.h"
#include "core/engine/llama_params.h"
#include "core/engine/memory_breakdown.h"
#include "core/engine/model_metadata.h"

namespace hwledger {
namespace {

// More per batch gain nothing: their tokens fill it.
constexpr int64_t kTextsMax = 64;

// libllama rounds the length of a cache up to these many cells.
constexpr int64_t kCells = 256;

// A function of libllama has the same name.
enum llama_pooling_type PoolingType(Pooling pooling) {
  switch (pooling) {
    case Pooling::kMean:
      return LLAMA_POOLING_TYPE_MEAN;
    case Pooling::kCls:
      return LLAMA_POOLING_TYPE_CLS;
    case Pooling::kLast:
      return LLAMA_POOLING_TYPE_LAST;
  }
  return LLAMA_POOLING_TYPE_MEAN;
}

absl::StatusOr<Pooling> PoolingOf(const llama_model* model) {
  int32_t type = LLAMA_POOLING_TYPE_NONE;
  if (!absl::SimpleAtoi(ArchitectureMetadata(model, "pooling_type"), &type)) {
    return Pooling::kMean;
  }
  switch (type) {
    case LLAMA_POOLING_TYPE_CLS:
      return Pooling::kCls;
    case LLAMA_POOLING_TYPE_LAST:
      return Pooling::kLast;
    case LLAMA_POOLING_TYPE_RANK:
      return absl::FailedPreconditionError(
          "the model ranks texts and makes no embeddings of its own; name a "
          "pooling to have its tokens' ones pooled");
    default:
      return Pooling::kMean;
  }
}

absl::Status Failed() {
  return absl::InternalError("the engine failed to embed a text");
}

}  // namespace

EmbeddingTraits EmbeddingTraits::Of(const llama_model* model, bool has_cache) {
  return {.pooling = PoolingOf(model),
          .sees_whole_text =
              !has_cache ||
              ArchitectureMetadata(model, "attention.causal") == "false",
          .one_at_a_time =
              llama_model_is_recurrent(model) || llama_model_is_hybrid(model),
          .text_tokens_max = llama_model_n_ctx_train(model)};
}

absl::StatusOr<EmbeddingContext> EmbeddingContext::Create(
    llama_model* model, const EmbeddingTraits& traits,
    const EngineOptions& options, Pooling pooling, int64_t context_tokens) {
  EmbeddingContext result;
  result.pooling_ = pooling;
  result.batch_tokens_ =
      traits.sees_whole_text
          ? context_tokens
          : std::min(options.micro_batch_size, context_tokens);
  result.context_tokens_ = (context_tokens + kCells - 1) / kCells * kCells;
  // libllama ends the process where there are more sequences than outputs.
  result.texts_max_ =
      traits.one_at_a_time ? 1 : std::min(kTextsMax, result.batch_tokens_);
  result.width_ = static_cast<size_t>(llama_model_n_embd_out(model));

  llama_context_params params = ContextParams(options);
  params.n_ctx = static_cast<uint32_t>(result.context_tokens_);
  params.n_batch = static_cast<uint32_t>(result.batch_tokens_);
  params.n_ubatch = params.n_batch;
  params.n_seq_max = static_cast<uint32_t>(result.texts_max_);
  params.n_outputs_max = 0;  // Every token of a batch is pooled.
  params.kv_unified = true;
  params.embeddings = true;
  params.pooling_type = PoolingType(pooling);
  result.batch_ = std::make_unique<TokenBatch>(result.batch_tokens_);
  result.batch_->AttachTo(params);
  TakeLibllamaError();
  result.context_.reset(llama_init_from_model(model, params));
  if (!result.context_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("libllama cannot make a context to embed texts of ",
                     context_tokens, " tokens: ", TakeLibllamaError()));
  }
  return result;
}

std::vector<DeviceUse> EmbeddingContext::memory() const {
  std::vector<DeviceUse> uses = MemoryBreakdown(context_.get());
  // It has no logits to keep, and of each text one embedding.
  for (DeviceUse& use : uses) use.output_buffer = Bytes();
  return uses;
}

size_t EmbeddingContext::Take(
    absl::Span<const std::vector<TokenId>> texts) const {
  size_t count = 0;
  int64_t tokens = 0;
  while (count < texts.size() && static_cast<int64_t>(count) < texts_max_) {
    tokens += std::ssize(texts[count]);
    if (count > 0 && tokens > batch_tokens_) break;
    ++count;
  }
  return count;
}

void EmbeddingContext::Clear() {
  batch_->Clear();
  if (llama_memory_t memory = llama_get_memory(context_.get())) {
    llama_memory_clear(memory, /*data=*/false);
  }
}

void EmbeddingContext::Add(size_t sequence, size_t position,
                           absl::Span<const TokenId> tokens) {
  batch_->Add(static_cast<int64_t>(sequence), static_cast<int64_t>(position),
              tokens, TokenBatch::Outputs::kAll);
}

absl::Status EmbeddingContext::Compute(const std::function<bool()>& give_up) {
  if (batch_->Compute(context_.get(), give_up) == 0) return absl::OkStatus();
  // llama_encode tells a failure from giving up by nothing.
  return give_up() ? absl::CancelledError("embedding was given up") : Failed();
}

const float* EmbeddingContext::Pooled(size_t sequence) const {
  return llama_get_embeddings_seq(context_.get(),
                                  static_cast<int32_t>(sequence));
}

absl::StatusOr<std::vector<std::vector<float>>> EmbeddingContext::Embed(
    absl::Span<const std::vector<TokenId>> texts,
    const std::function<bool()>& give_up) {
  std::vector<std::vector<float>> embeddings;
  if (texts.size() == 1 && std::ssize(texts[0]) > batch_tokens_) {
    ABSL_ASSIGN_OR_RETURN(embeddings.emplace_back(),
                          EmbedInPieces(texts[0], give_up));
    return embeddings;
  }
  Clear();
  for (size_t i = 0; i < texts.size(); ++i) Add(i, /*position=*/0, texts[i]);
  ABSL_RETURN_IF_ERROR(Compute(give_up));
  for (size_t i = 0; i < texts.size(); ++i) {
    const float* pooled = Pooled(i);
    if (pooled == nullptr) return Failed();
    embeddings.emplace_back(pooled, pooled + width_);
  }
  return embeddings;
}

// libllama pools within a batch: the means of the pieces are weighed here.
absl::StatusOr<std::vector<float>> EmbeddingContext::EmbedInPieces(
    absl::Span<const TokenId> text, const std::function<bool()>& give_up) {
  Clear();
  std::vector<float> result(width_, 0.0F);
  const auto piece_tokens = static_cast<size_t>(batch_tokens_);
  for (size_t begin = 0; begin < text.size(); begin += piece_tokens) {
    const auto piece = text.subspan(begin, piece_tokens);
    batch_->Clear();
    Add(/*sequence=*/0, begin, piece);
    ABSL_RETURN_IF_ERROR(Compute(give_up));
    const float* pooled = Pooled(0);
    if (pooled == nullptr) return Failed();
    if (pooling_ == Pooling::kMean) {
      const float weight =
          static_cast<float>(piece.size()) / static_cast<float>(text.size());
      for (size_t i = 0; i < width_; ++i) result[i] += weight * pooled[i];
    } else if (pooling_ == Pooling::kLast || begin == 0) {
      result.assign(pooled, pooled + width_);
    }
  }
  return result;
}

}  // namespace hwledger
