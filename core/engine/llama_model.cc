#include "core/engine/llama_model.h"

#include <algorithm>
#include <cassert>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "core/constraint/constraint.h"
#include "core/constraint/vocabulary.h"
#include "core/engine/libllama.h"
#include "core/engine/llama_params.h"
#include "core/engine/logprob.h"
#include "core/engine/memory_breakdown.h"
#include "core/engine/prompt_truncation.h"
#include "core/engine/recommended_sampling.h"
#include "core/engine/same_vocabulary.h"
#include "core/field_error.h"
#include "core/model/gguf.h"
#include "llama-cpp.h"

namespace hwledger {
namespace {

int32_t Int32(int64_t count) { return static_cast<int32_t>(count); }

// Out of memory is told from other failures by libllama's words alone.
absl::Status LoadFailure(const std::string& path, std::string_view fallback) {
  const std::string complaint = TakeLibllamaError();
  const std::string message =
      absl::StrFormat("libllama cannot load \"%s\": %s", path,
                      complaint.empty() ? fallback : complaint);
  const bool out_of_memory = absl::StrContains(complaint, "alloc") ||
                             absl::StrContains(complaint, "out of memory");
  return out_of_memory ? absl::ResourceExhaustedError(message)
                       : absl::InvalidArgumentError(message);
}

struct ProgressState {
  const LlamaModel::Progress* progress = nullptr;
  bool given_up = false;
};

bool ReportProgress(float fraction, void* data) {
  auto* state = static_cast<ProgressState*>(data);
  state->given_up = !(*state->progress)(fraction);
  return !state->given_up;
}

absl::StatusOr<llama_model_ptr> LoadWeights(
    const std::string& path, const EngineOptions& options,
    const LlamaModel::Progress& progress) {
  ProgressState state = {.progress = &progress};
  const HostExperts host_experts(options);
  llama_model_params params = ModelParams(options, host_experts);
  params.progress_callback = ReportProgress;
  params.progress_callback_user_data = &state;
  TakeLibllamaError();
  llama_model_ptr model(llama_model_load_from_file(path.c_str(), params));
  if (state.given_up) return absl::CancelledError("loading was given up");
  if (!model) return LoadFailure(path, "not a model that it knows");
  return model;
}

absl::Status ValidateGenerates(const llama_model* model,
                               const std::string& path) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  if (llama_model_has_decoder(model) && !llama_model_has_encoder(model) &&
      !llama_model_is_diffusion(model) &&
      llama_vocab_type(vocab) != LLAMA_VOCAB_TYPE_NONE) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "the model does not generate text token by token: \"%s\"", path));
}

absl::Status ValidateTakesBack(const SlotMemory& slots,
                               const ServingOptions& serving) {
  if (!serving.drafts() || slots.rewinding() != SlotMemory::Rewinding::kNever) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s: the model has recurrent layers and cannot take back tokens that did "
      "not come true",
      serving.ngram_lookup ? "ngram_lookup" : "draft_model_id"));
}

std::string TokenText(const llama_vocab* vocab, llama_token token) {
  return token == LLAMA_TOKEN_NULL ? "" : llama_vocab_get_text(vocab, token);
}

// Nothing where the model has none.
std::optional<std::string> TemplateSource(const llama_model* model) {
  const char* const key = "tokenizer.chat_template";
  const int32_t length = llama_model_meta_val_str(model, key, nullptr, 0);
  if (length <= 0) return std::nullopt;
  std::string source(static_cast<size_t>(length), '\0');
  llama_model_meta_val_str(model, key, source.data(), source.size() + 1);
  return source;
}

absl::StatusOr<ChatTemplate> TemplateOf(const llama_model* model) {
  const std::optional<std::string> source = TemplateSource(model);
  if (!source) {
    return absl::FailedPreconditionError(
        "the model has no chat template; use prompt instead of chat");
  }
  const llama_vocab* vocab = llama_model_get_vocab(model);
  return ChatTemplate::Parse(
      *source, {.begin_of_text = TokenText(vocab, llama_vocab_bos(vocab)),
                .end_of_text = TokenText(vocab, llama_vocab_eos(vocab))});
}

std::vector<TokenId> TokensOf(const llama_vocab* vocab, const std::string& text,
                              bool add_special) {
  // No tokenizer makes more tokens than bytes, but for the special ones.
  std::vector<TokenId> tokens(text.size() + 8);
  for (;;) {
    const int32_t count = llama_tokenize(
        vocab, text.data(), Int32(std::ssize(text)), tokens.data(),
        Int32(std::ssize(tokens)), add_special, /*parse_special=*/true);
    if (count >= 0) {
      tokens.resize(static_cast<size_t>(count));
      return tokens;
    }
    tokens.resize(static_cast<size_t>(-int64_t{count}));
  }
}

// The text that a token stands for, in generated text.
void WritePiece(const llama_vocab* vocab, TokenId token, std::string& piece) {
  piece.resize(std::max<size_t>(piece.capacity(), 64));
  int32_t length =
      llama_token_to_piece(vocab, token, piece.data(), Int32(std::ssize(piece)),
                           0, /*special=*/false);
  if (length < 0) {
    piece.resize(static_cast<size_t>(-length));
    length =
        llama_token_to_piece(vocab, token, piece.data(),
                             Int32(std::ssize(piece)), 0, /*special=*/false);
  }
  piece.resize(static_cast<size_t>(std::max(length, 0)));
}

std::shared_ptr<const Vocabulary> VocabularyOf(const llama_vocab* vocab) {
  std::vector<std::string> pieces;
  std::vector<bool> ends_text;
  std::string piece;
  const int32_t token_count = llama_vocab_n_tokens(vocab);
  pieces.reserve(static_cast<size_t>(token_count));
  ends_text.reserve(static_cast<size_t>(token_count));
  for (TokenId token = 0; token < token_count; ++token) {
    WritePiece(vocab, token, piece);
    pieces.push_back(piece);
    ends_text.push_back(llama_vocab_is_eog(vocab, token));
  }
  return std::make_shared<const Vocabulary>(std::move(pieces),
                                            std::move(ends_text));
}

absl::Status ValidateTokens(const std::vector<LogitBias>& logit_bias,
                            int64_t token_count) {
  for (size_t i = 0; i < logit_bias.size(); ++i) {
    if (logit_bias[i].token_id < token_count) continue;
    return FieldError(absl::StrFormat("sampling.logit_bias[%d].token_id", i),
                      absl::StrFormat("must be a token of the model, which has "
                                      "%d; got %d",
                                      token_count, logit_bias[i].token_id));
  }
  return absl::OkStatus();
}

}  // namespace

struct LlamaModel::State {
  EngineOptions options;
  ServingOptions serving;
  absl::StatusOr<ChatTemplate> chat_template;
  llama_model_ptr model;
  llama_context_ptr context;
  std::optional<SlotMemory> slots;
  const llama_vocab* vocab = nullptr;
  llama_batch batch = {};
  const std::function<bool()>* give_up = nullptr;  // While it computes.
  std::string bytes;                               // Of the last token.
  Sampling recommended_sampling;
  // Made where a text is constrained for the first time.
  std::once_flag vocabulary_once;
  std::shared_ptr<const Vocabulary> vocabulary;

  static bool GivesUp(void* data) {
    const auto* give_up = static_cast<State*>(data)->give_up;
    if (give_up == nullptr || !(*give_up)()) return false;
    ExpectLibllamaErrors(true);
    return true;
  }

  ~State() { llama_batch_free(batch); }
};

LlamaModel::LlamaModel(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
LlamaModel::~LlamaModel() = default;

absl::StatusOr<std::unique_ptr<LlamaModel>> LlamaModel::Load(
    const std::string& path, const EngineOptions& asked,
    const Progress& progress, const ServingOptions& serving) {
  EngineOptions options = asked;
  if (serving.drafts()) {
    options.outputs_per_slot =
        std::max(options.outputs_per_slot, 1 + serving.draft_tokens_max);
  }
  ABSL_RETURN_IF_ERROR(Validate(options));
  ABSL_RETURN_IF_ERROR(Validate(serving));
  // Our own reader is the stricter one: libllama ends the process on some
  // files.
  ABSL_RETURN_IF_ERROR(ReadGguf(path).status());
  ABSL_ASSIGN_OR_RETURN(llama_model_ptr model,
                        LoadWeights(path, options, progress));
  ABSL_RETURN_IF_ERROR(ValidateGenerates(model.get(), path));
  std::unique_ptr<State> state(
      new State{.options = options,
                .serving = serving,
                .chat_template = TemplateOf(model.get())});
  llama_context_params params = ContextParams(options);
  params.abort_callback = State::GivesUp;
  params.abort_callback_data = state.get();
  state->model = std::move(model);
  state->context.reset(llama_init_from_model(state->model.get(), params));
  if (!state->context)
    return LoadFailure(path, "no context with these options");
  if (llama_get_memory(state->context.get()) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the model does not generate text: \"%s\"", path));
  }
  state->slots.emplace(state->context.get(), options);
  ABSL_RETURN_IF_ERROR(ValidateTakesBack(*state->slots, serving));
  state->vocab = llama_model_get_vocab(state->model.get());
  state->recommended_sampling = RecommendedSampling(state->model.get());
  state->batch = llama_batch_init(Int32(llama_n_batch(state->context.get())),
                                  /*embd=*/0, /*n_seq_max=*/1);
  return std::unique_ptr<LlamaModel>(new LlamaModel(std::move(state)));
}

int64_t LlamaModel::sequence_length() const {
  return state_->options.sequence_length;
}

int64_t LlamaModel::slot_count() const { return state_->options.slot_count; }

int64_t LlamaModel::vocabulary_size() const {
  return llama_vocab_n_tokens(state_->vocab);
}

bool LlamaModel::SharesVocabulary(const LlamaModel& other) const {
  return SameVocabulary(state_->vocab, other.state_->vocab);
}

const ServingOptions& LlamaModel::serving() const { return state_->serving; }

int64_t LlamaModel::batch_tokens() const {
  // libllama makes a batch no larger than the cache.
  return std::min(llama_n_ubatch(state_->context.get()),
                  llama_n_batch(state_->context.get()));
}

std::vector<DeviceUse> LlamaModel::memory() const {
  return MemoryBreakdown(state_->context.get());
}

bool LlamaModel::has_chat_template() const {
  return state_->chat_template.ok();
}

absl::StatusOr<std::vector<TokenId>> LlamaModel::Tokenize(
    const Generation& generation) const {
  std::string text;
  const auto* chat = std::get_if<std::vector<ChatMessage>>(&generation.input);
  if (chat != nullptr) {
    ABSL_RETURN_IF_ERROR(state_->chat_template.status());
    ABSL_ASSIGN_OR_RETURN(text, state_->chat_template->Render(*chat));
  } else {
    text = std::get<std::string>(generation.input);
  }
  // A template that writes the begin of the text itself is not given another.
  const std::string begin =
      TokenText(state_->vocab, llama_vocab_bos(state_->vocab));
  const bool begins = !begin.empty() && text.starts_with(begin);
  std::vector<TokenId> tokens =
      TokensOf(state_->vocab, text, /*add_special=*/!begins);
  if (generation.truncate_prompt && sequence_length() > 1) {
    TruncatePrompt(tokens, llama_vocab_bos(state_->vocab), sequence_length(),
                   generation.token_count_max);
  }
  const char* const field = chat != nullptr ? "chat" : "prompt";
  if (tokens.empty()) {
    return FieldError(field,
                      "must not be empty for this model, which has no token to "
                      "begin a text with");
  }
  if (std::ssize(tokens) >= sequence_length()) {
    return FieldError(
        field,
        absl::StrFormat("is too long: it has %d tokens, and prompt and answer "
                        "together may have %d",
                        tokens.size(), sequence_length()));
  }
  return tokens;
}

absl::StatusOr<std::shared_ptr<Sampler>> LlamaModel::MakeSampler(
    const Generation& generation) const {
  State& state = *state_;
  ABSL_RETURN_IF_ERROR(ValidateTokens(generation.sampling.logit_bias,
                                      llama_vocab_n_tokens(state.vocab)));
  Sampler::Options options = {
      .values = Resolve(generation.sampling, state.recommended_sampling),
      .context_tokens = sequence_length(),
      .top_logprobs = generation.top_logprobs};
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<const Grammar> grammar,
                        GrammarOf(generation.constraint));
  if (grammar != nullptr) {
    std::call_once(state.vocabulary_once,
                   [&] { state.vocabulary = VocabularyOf(state.vocab); });
    options.constraint =
        std::make_unique<TokenConstraint>(grammar, state.vocabulary);
  }
  return std::make_shared<Sampler>(std::move(options), state.vocab);
}

int64_t LlamaModel::Add(int64_t slot, int64_t position,
                        absl::Span<const TokenId> tokens) {
  llama_batch& batch = state_->batch;
  assert(batch.n_tokens + std::ssize(tokens) <=
         llama_n_batch(state_->context.get()));
  for (const TokenId token : tokens) {
    const int32_t i = batch.n_tokens++;
    batch.token[i] = token;
    batch.pos[i] = Int32(position++);
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = Int32(slot);
    batch.logits[i] = 0;
  }
  return batch.n_tokens - 1;
}

void LlamaModel::AskOutput(int64_t index) { state_->batch.logits[index] = 1; }

void LlamaModel::ClearBatch() { state_->batch.n_tokens = 0; }

LlamaModel::Outcome LlamaModel::Compute(const std::function<bool()>& give_up) {
  state_->give_up = &give_up;
  const int32_t result = llama_decode(state_->context.get(), state_->batch);
  // The logits may still be on their way from a GPU.
  if (result == 0) llama_synchronize(state_->context.get());
  state_->give_up = nullptr;
  ExpectLibllamaErrors(false);
  switch (result) {
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
  const TokenId token = sampler.Choose(context, Int32(index));
  if (llama_vocab_is_eog(state_->vocab, token)) {
    return {.id = token, .ends_text = true};
  }
  WritePiece(state_->vocab, token, state_->bytes);
  SampledToken sampled = {.id = token,
                          .bytes = state_->bytes,
                          .completes_text = sampler.finished()};
  if (sampler.top_logprobs()) {
    const absl::Span<const float> logits(
        llama_get_logits_ith(context, Int32(index)),
        static_cast<size_t>(llama_vocab_n_tokens(state_->vocab)));
    sampled.logprob = LogprobOf(logits, token, *sampler.top_logprobs());
    sampled.logprob->piece = state_->bytes;
    for (TokenLogprob& likely : sampled.logprob->top) {
      WritePiece(state_->vocab, static_cast<TokenId>(likely.token_id),
                 likely.piece);
    }
  }
  return sampled;
}

SlotMemory& LlamaModel::slots() { return *state_->slots; }

}  // namespace hwledger
