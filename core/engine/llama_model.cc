#include "core/engine/llama_model.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/engine/llama_params.h"
#include "core/engine/logprob.h"
#include "core/engine/memory_breakdown.h"
#include "core/engine/model_weights.h"
#include "core/engine/prompt_tokenizer.h"
#include "core/engine/sampler_source.h"
#include "core/engine/text_embedding.h"
#include "core/engine/token_batch.h"
#include "core/engine/vocabulary.h"
#include "core/engine/warm_up.h"
#include "llama-cpp.h"

namespace hwledger {
namespace {

int32_t Int32(int64_t count) { return static_cast<int32_t>(count); }

// `slots` are absent where the model only embeds.
absl::Status ValidateTakesBack(const std::optional<SlotMemory>& slots,
                               const ServingOptions& serving) {
  if (!serving.drafts() ||
      (slots && slots->rewinding() != SlotMemory::Rewinding::kNever)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s: the model %s",
      serving.ngram_lookup ? "ngram_lookup" : "draft_model_id",
      slots ? "has recurrent layers and cannot take back tokens that did not "
              "come true"
            : "embeds texts and generates none"));
}

}  // namespace

struct LlamaModel::State {
  State(const EngineOptions& engine_options,
        const ServingOptions& serving_options, ModelWeights loaded)
      : options(engine_options),
        serving(serving_options),
        weights(std::move(loaded)),
        vocabulary(weights.model()),
        prompts(weights.model()),
        samplers(weights.model(), prompts.marks(), options.sequence_length) {}

  // What only embeds has none to generate with.
  absl::Status MakeContext() {
    llama_context_params params = ContextParams(options);
    batch = std::make_unique<TokenBatch>(params.n_batch);
    batch->AttachTo(params);
    ABSL_ASSIGN_OR_RETURN(context, weights.MakeContext(params));
    const bool has_cache = llama_get_memory(context.get()) != nullptr;
    const bool generates =
        has_cache && llama_model_has_decoder(weights.model());
    if (generates) {
      slots.emplace(context.get(), options);
    } else {
      context.reset();
      batch.reset();
    }
    embedding.emplace(
        weights, options,
        TextEmbedding::Kind{.has_cache = has_cache, .generates = generates});
    return absl::OkStatus();
  }

  const EngineOptions options;
  const ServingOptions serving;
  const ModelWeights weights;
  const Vocabulary vocabulary;
  const PromptTokenizer prompts;
  const SamplerSource samplers;
  // What serves generations; absent where the model only embeds.
  std::unique_ptr<TokenBatch> batch;
  llama_context_ptr context;
  std::optional<SlotMemory> slots;
  std::optional<TextEmbedding> embedding;  // Present once it is loaded.
  std::string bytes;                       // Of the last token.
};

LlamaModel::LlamaModel(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
LlamaModel::~LlamaModel() = default;

absl::StatusOr<std::unique_ptr<LlamaModel>> LlamaModel::Load(
    const std::string& path, const EngineOptions& asked,
    const Progress& progress, const ServingOptions& serving,
    std::vector<AdapterScale> adapters) {
  EngineOptions options = asked;
  if (serving.drafts()) {
    options.outputs_per_slot =
        std::max(options.outputs_per_slot, 1 + serving.draft_tokens_max);
  }
  ABSL_RETURN_IF_ERROR(Validate(options));
  ABSL_RETURN_IF_ERROR(Validate(serving));
  ABSL_RETURN_IF_ERROR(Validate(adapters));
  ABSL_ASSIGN_OR_RETURN(
      ModelWeights weights,
      ModelWeights::Load(path, options, progress, std::move(adapters)));
  auto state = std::make_unique<State>(options, serving, std::move(weights));
  ABSL_RETURN_IF_ERROR(state->MakeContext());
  ABSL_RETURN_IF_ERROR(ValidateTakesBack(state->slots, serving));
  // What only embeds is ready once it can.
  if (!state->context) {
    ABSL_RETURN_IF_ERROR(state->embedding->Prepare());
  } else if (!WarmUp(state->context.get(), *state->batch,
                     [&progress] { return progress(1); })) {
    return absl::CancelledError("loading was given up");
  }
  return std::unique_ptr<LlamaModel>(new LlamaModel(std::move(state)));
}

bool LlamaModel::generates() const { return state_->context != nullptr; }

const std::vector<AdapterScale>& LlamaModel::adapters() const {
  return state_->weights.adapters();
}

int64_t LlamaModel::sequence_length() const {
  return state_->options.sequence_length;
}

int64_t LlamaModel::slot_count() const { return state_->options.slot_count; }

int64_t LlamaModel::vocabulary_size() const {
  return state_->vocabulary.size();
}

bool LlamaModel::SharesVocabulary(const LlamaModel& other) const {
  return state_->vocabulary.IsLike(other.state_->vocabulary);
}

const ServingOptions& LlamaModel::serving() const { return state_->serving; }

int64_t LlamaModel::batch_tokens() const {
  // libllama makes a batch no larger than the cache.
  return std::min(llama_n_ubatch(state_->context.get()),
                  llama_n_batch(state_->context.get()));
}

std::vector<DeviceUse> LlamaModel::memory() const {
  return generates() ? MemoryBreakdown(state_->context.get())
                     : state_->embedding->memory();
}

bool LlamaModel::has_chat_template() const {
  return state_->prompts.has_chat_template();
}

absl::StatusOr<TokenizedPrompt> LlamaModel::Tokenize(
    const Generation& generation) const {
  if (!generates()) {
    return absl::FailedPreconditionError(
        "the model embeds texts and generates none");
  }
  return state_->prompts.Tokenize(generation, sequence_length());
}

absl::StatusOr<TokenizedTexts> LlamaModel::Tokenize(
    const EmbedQuestion& question) const {
  return state_->embedding->Tokenize(question);
}

absl::StatusOr<Answer> LlamaModel::AnswerOf(
    const TokenizeQuestion& question) const {
  const Vocabulary& vocabulary = state_->vocabulary;
  TokenizeAnswer answer;
  for (const TokenId token :
       vocabulary.Tokens(question.text,
                         question.add_special ? BeginOfText::kAsModelWants
                                              : BeginOfText::kNone,
                         question.parse_special ? ControlText::kToken
                                                : ControlText::kPlain)) {
    TokenPiece& piece = answer.tokens.emplace_back();
    piece.id = token;
    vocabulary.WritePiece(token, ControlText::kToken, piece.piece);
  }
  return answer;
}

absl::StatusOr<Answer> LlamaModel::AnswerOf(
    const DetokenizeQuestion& question) const {
  ABSL_ASSIGN_OR_RETURN(std::string text,
                        state_->vocabulary.Text(question.token_ids));
  return DetokenizeAnswer{std::move(text)};
}

absl::StatusOr<std::shared_ptr<Sampler>> LlamaModel::MakeSampler(
    const Generation& generation,
    const std::optional<OutputFormat>& format) const {
  return state_->samplers.Make(generation, format);
}

int64_t LlamaModel::Add(int64_t slot, int64_t position,
                        absl::Span<const TokenId> tokens) {
  return state_->batch->Add(slot, position, tokens, TokenBatch::Outputs::kNone);
}

void LlamaModel::UseAdapters(absl::Span<const float> scales) {
  state_->weights.Apply(scales, state_->context.get());
}

void LlamaModel::AskOutput(int64_t index) { state_->batch->AskOutput(index); }

void LlamaModel::ClearBatch() { state_->batch->Clear(); }

LlamaModel::Outcome LlamaModel::Compute(const std::function<bool()>& give_up) {
  switch (state_->batch->Compute(state_->context.get(), give_up)) {
    case 0:
      return Outcome::kDone;
    case 1:
      return Outcome::kNoRoom;
    case 2:
      return Outcome::kGivenUp;
    default:
      return Outcome::kFailed;
  }
}

SampledToken LlamaModel::Sample(Sampler& sampler, int64_t index) {
  llama_context* context = state_->context.get();
  const Vocabulary& vocabulary = state_->vocabulary;
  const TokenId token = sampler.Choose(context, Int32(index));
  if (vocabulary.Ends(token)) return {.id = token, .ends_text = true};
  const bool is_mark = state_->prompts.marks().contains(token);
  vocabulary.WritePiece(token,
                        is_mark ? ControlText::kToken : ControlText::kPlain,
                        state_->bytes);
  SampledToken sampled = {.id = token,
                          .bytes = state_->bytes,
                          .is_mark = is_mark,
                          .completes_text = sampler.finished()};
  if (sampler.top_logprobs()) {
    const absl::Span<const float> logits(
        llama_get_logits_ith(context, Int32(index)),
        static_cast<size_t>(vocabulary.size()));
    sampled.logprob = LogprobOf(logits, token, *sampler.top_logprobs());
    sampled.logprob->piece = state_->bytes;
    for (TokenLogprob& likely : sampled.logprob->top) {
      vocabulary.WritePiece(static_cast<TokenId>(likely.token_id),
                            ControlText::kPlain, likely.piece);
    }
  }
  return sampled;
}

SlotMemory& LlamaModel::slots() { return *state_->slots; }

absl::StatusOr<EmbeddingContext*> LlamaModel::ContextToEmbed(
    Pooling pooling, int64_t text_tokens) {
  return state_->embedding->ContextFor(pooling, text_tokens);
}

std::vector<DeviceUse> LlamaModel::MemoryToEmbed() const {
  if (!generates()) return {};
  std::vector<DeviceUse> uses = state_->embedding->memory();
  for (DeviceUse& use : uses) use.weights = Bytes();
  return uses;
}

}  // namespace hwledger
