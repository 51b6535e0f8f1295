#include "core/engine/text_embedding.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/engine/adapter_scale.h"
#include "core/field_error.h"

namespace hwledger {

TextEmbedding::TextEmbedding(const ModelWeights& weights,
                             const EngineOptions& options, Kind kind)
    : weights_(weights),
      options_(options),
      vocabulary_(weights.model()),
      traits_(EmbeddingTraits::Of(weights.model(), kind.has_cache)),
      text_tokens_max_(kind.generates ? options.sequence_length
                                      : std::min(options.sequence_length,
                                                 traits_.text_tokens_max)) {}

absl::StatusOr<TokenizedTexts> TextEmbedding::Tokenize(
    const EmbedQuestion& question) const {
  TokenizedTexts result = {.normalize = question.normalize};
  if (question.pooling) {
    result.pooling = *question.pooling;
  } else {
    ABSL_ASSIGN_OR_RETURN(result.pooling, traits_.pooling);
  }
  for (size_t i = 0; i < question.texts.size(); ++i) {
    std::vector<TokenId> tokens = vocabulary_.Tokens(
        question.texts[i], BeginOfText::kAsModelWants, ControlText::kPlain);
    const std::string field = absl::StrFormat("texts[%d]", i);
    if (tokens.empty()) {
      return FieldError(field, "must not be empty for this model");
    }
    if (std::ssize(tokens) > text_tokens_max_) {
      return FieldError(
          field, absl::StrFormat(
                     "is too long: it has %d tokens, and the context holds %d",
                     tokens.size(), text_tokens_max_));
    }
    result.texts.push_back(std::move(tokens));
  }
  return result;
}

absl::Status TextEmbedding::Prepare() {
  return ContextFor(traits_.pooling.value_or(Pooling::kMean), text_tokens_max_)
      .status();
}

absl::StatusOr<EmbeddingContext*> TextEmbedding::ContextFor(
    Pooling pooling, int64_t text_tokens) {
  if (!context_ || context_->pooling() != pooling ||
      context_->context_tokens() < text_tokens) {
    context_.reset();  // Two at once might not fit.
    // At least a batch, so that most texts need no other context.
    const int64_t context_tokens = std::min(
        text_tokens_max_, std::max(text_tokens, options_.micro_batch_size));
    ABSL_ASSIGN_OR_RETURN(
        context_, EmbeddingContext::Create(weights_.model(), traits_, options_,
                                           pooling, context_tokens));
    ABSL_ASSIGN_OR_RETURN(const std::vector<float> scales,
                          ScalesOf({}, weights_.adapters()));
    weights_.Apply(scales, context_->context());
  }
  return &*context_;
}

std::vector<DeviceUse> TextEmbedding::memory() const {
  return context_ ? context_->memory() : std::vector<DeviceUse>();
}

}  // namespace hwledger
