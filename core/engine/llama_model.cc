#include "core/engine/llama_model.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/constraint.h"
#include "core/constraint/json_schema.h"
#include "core/constraint/token_pieces.h"
#include "core/engine/call_grammar.h"
#include "core/engine/embedding_context.h"
#include "core/engine/libllama.h"
#include "core/engine/llama_params.h"
#include "core/engine/logprob.h"
#include "core/engine/memory_breakdown.h"
#include "core/engine/model_metadata.h"
#include "core/engine/prompt_truncation.h"
#include "core/engine/recommended_sampling.h"
#include "core/engine/token_batch.h"
#include "core/engine/vocabulary.h"
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

absl::StatusOr<std::vector<llama_adapter_lora*>> LoadAdapters(
    llama_model* model, const std::vector<AdapterScale>& adapters) {
  std::vector<llama_adapter_lora*> loaded;
  for (const AdapterScale& adapter : adapters) {
    ABSL_RETURN_IF_ERROR(ReadGguf(adapter.path).status());
    TakeLibllamaError();
    // The model frees it.
    loaded.push_back(llama_adapter_lora_init(model, adapter.path.c_str()));
    if (loaded.back() == nullptr) {
      return LoadFailure(adapter.path, "not an adapter for this model");
    }
  }
  return loaded;
}

// Of an encoder and a decoder, one: what has both translates.
absl::Status ValidateKind(const llama_model* model, const std::string& path) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  if (llama_model_has_decoder(model) != llama_model_has_encoder(model) &&
      !llama_model_is_diffusion(model) &&
      llama_vocab_type(vocab) != LLAMA_VOCAB_TYPE_NONE) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("the model neither generates text token by token nor "
                      "only embeds it: \"%s\"",
                      path));
}

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

absl::StatusOr<ChatTemplate> TemplateOf(const llama_model* model) {
  const std::string source = Metadata(model, "tokenizer.chat_template");
  if (source.empty()) {
    return absl::FailedPreconditionError(
        "the model has no chat template; use prompt instead of chat");
  }
  const Vocabulary vocabulary(model);
  return ChatTemplate::Parse(source,
                             {.begin_of_text = vocabulary.begin_of_text(),
                              .end_of_text = vocabulary.end_of_text(),
                              .controls = vocabulary.ControlTexts()});
}

// Of control tokens only `marks` stand for something.
std::shared_ptr<const TokenPieces> PiecesOf(const Vocabulary& vocabulary,
                                            const std::set<TokenId>& marks) {
  std::vector<std::string> pieces;
  std::vector<bool> ends_text;
  std::string piece;
  for (TokenId token = 0; token < vocabulary.size(); ++token) {
    const bool is_mark = marks.contains(token);
    vocabulary.WritePiece(
        token, is_mark ? ControlText::kToken : ControlText::kPlain, piece);
    pieces.push_back(piece);
    ends_text.push_back(vocabulary.Ends(token));
  }
  return std::make_shared<const TokenPieces>(std::move(pieces),
                                             std::move(ends_text));
}

bool MustCall(const Generation& generation) {
  const auto* chat = std::get_if<Chat>(&generation.input);
  return chat != nullptr && chat->tool_choice == ToolChoice::kRequired;
}

absl::StatusOr<std::shared_ptr<const Grammar>> GrammarOfCalls(
    const OutputFormat& format, const Chat& chat) {
  ABSL_ASSIGN_OR_RETURN(const std::string gbnf,
                        GrammarOfCalls(format, chat, RulesOfSchema));
  absl::StatusOr<Grammar> grammar = ParseGrammar(gbnf);
  if (!grammar.ok()) {
    return FieldError("chat.tools", absl::StrCat("are refused: ",
                                                 grammar.status().message()));
  }
  return std::make_shared<const Grammar>(*std::move(grammar));
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
  std::vector<AdapterScale> adapter_scales;
  std::vector<llama_adapter_lora*> adapters;  // In the same order.
  llama_context_ptr context;
  // What serves generations; absent where the model only embeds.
  std::optional<SlotMemory> slots;
  std::optional<Vocabulary> vocabulary;
  EmbeddingTraits traits;
  std::optional<EmbeddingContext> embedding;
  std::unique_ptr<TokenBatch> batch;
  std::string bytes;        // Of the last token.
  OutputFormat format;      // Of answers to chats.
  std::set<TokenId> marks;  // Control tokens that mean something in it.
  Sampling recommended_sampling;
  // Made where a text is constrained for the first time.
  struct Pieces {
    std::once_flag once;
    std::shared_ptr<const TokenPieces> made;
  };
  Pieces pieces;
  Pieces marked_pieces;  // Where marks stand for their names, too.

  void ApplyAdapters(absl::Span<const float> scales, llama_context* to) {
    if (adapters.empty()) return;
    std::vector<float> values(scales.begin(), scales.end());
    llama_set_adapters_lora(to, adapters.data(), adapters.size(),
                            values.data());
  }

  void FindFormat() {
    if (!chat_template.ok()) return;
    format = FormatOfTemplate(chat_template->source());
    for (const std::string& mark : format.Marks()) {
      const std::vector<TokenId> tokens =
          vocabulary->Tokens(mark, BeginOfText::kNone, ControlText::kToken);
      if (tokens.size() != 1) continue;
      vocabulary->WritePiece(tokens[0], ControlText::kPlain, bytes);
      if (bytes.empty()) marks.insert(tokens[0]);
    }
  }

  std::vector<TokenId> TokensOf(const std::vector<PromptPart>& parts) const {
    // A template that writes the begin of the text itself is not given another.
    const std::string begin = vocabulary->begin_of_text();
    const bool begins = !begin.empty() && !parts.empty() && !parts[0].is_said &&
                        parts[0].text.starts_with(begin);
    BeginOfText next = begins ? BeginOfText::kNone : BeginOfText::kAsModelWants;
    std::vector<TokenId> all;
    // Of no parts too a model may want its begin.
    if (parts.empty()) return vocabulary->Tokens("", next, ControlText::kToken);
    for (const PromptPart& part : parts) {
      const std::vector<TokenId> tokens = vocabulary->Tokens(
          part.text, std::exchange(next, BeginOfText::kNone),
          part.is_said ? ControlText::kPlain : ControlText::kToken);
      all.insert(all.end(), tokens.begin(), tokens.end());
    }
    return all;
  }
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
  // Our own reader is the stricter one: libllama ends the process on some
  // files.
  ABSL_RETURN_IF_ERROR(ReadGguf(path).status());
  ABSL_ASSIGN_OR_RETURN(llama_model_ptr model,
                        LoadWeights(path, options, progress));
  ABSL_RETURN_IF_ERROR(ValidateKind(model.get(), path));
  std::unique_ptr<State> state(
      new State{.options = options,
                .serving = serving,
                .chat_template = TemplateOf(model.get())});
  ABSL_ASSIGN_OR_RETURN(state->adapters, LoadAdapters(model.get(), adapters));
  state->adapter_scales = std::move(adapters);
  llama_context_params params = ContextParams(options);
  state->batch = std::make_unique<TokenBatch>(params.n_batch);
  state->batch->AttachTo(params);
  state->model = std::move(model);
  state->context.reset(llama_init_from_model(state->model.get(), params));
  if (!state->context)
    return LoadFailure(path, "no context with these options");
  state->vocabulary.emplace(state->model.get());
  state->FindFormat();
  const bool has_cache = llama_get_memory(state->context.get()) != nullptr;
  state->traits = EmbeddingTraits::Of(state->model.get(), has_cache);
  state->recommended_sampling = RecommendedSampling(state->model.get());
  const bool generates =
      has_cache && llama_model_has_decoder(state->model.get());
  if (generates) {
    state->slots.emplace(state->context.get(), options);
  } else {
    state->context.reset();
    state->batch.reset();
  }
  ABSL_RETURN_IF_ERROR(ValidateTakesBack(state->slots, serving));
  std::unique_ptr<LlamaModel> loaded(new LlamaModel(std::move(state)));
  if (generates) return loaded;
  // What only embeds is ready once it can.
  const Pooling pooling =
      loaded->state_->traits.pooling.value_or(Pooling::kMean);
  ABSL_RETURN_IF_ERROR(
      loaded->ContextToEmbed(pooling, loaded->text_tokens_max()).status());
  return loaded;
}

bool LlamaModel::generates() const { return state_->context != nullptr; }

int64_t LlamaModel::text_tokens_max() const {
  return generates()
             ? sequence_length()
             : std::min(sequence_length(), state_->traits.text_tokens_max);
}

const std::vector<AdapterScale>& LlamaModel::adapters() const {
  return state_->adapter_scales;
}

int64_t LlamaModel::sequence_length() const {
  return state_->options.sequence_length;
}

int64_t LlamaModel::slot_count() const { return state_->options.slot_count; }

int64_t LlamaModel::vocabulary_size() const {
  return state_->vocabulary->size();
}

bool LlamaModel::SharesVocabulary(const LlamaModel& other) const {
  return state_->vocabulary->IsLike(*other.state_->vocabulary);
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
  return state_->chat_template.ok();
}

absl::StatusOr<TokenizedPrompt> LlamaModel::Tokenize(
    const Generation& generation) const {
  if (!generates()) {
    return absl::FailedPreconditionError(
        "the model embeds texts and generates none");
  }
  TokenizedPrompt prompt;
  std::vector<PromptPart> parts;
  const auto* chat = std::get_if<Chat>(&generation.input);
  if (chat != nullptr) {
    ABSL_RETURN_IF_ERROR(state_->chat_template.status());
    ABSL_ASSIGN_OR_RETURN(parts, state_->chat_template->Render(*chat));
    // A text that must look like something has no room for marks.
    if (generation.constraint == Constraint()) {
      prompt.format =
          FormatAfter(state_->format, parts.empty() ? "" : parts.back().text);
    }
  } else {
    parts.push_back({std::get<std::string>(generation.input)});
  }
  prompt.tokens = state_->TokensOf(parts);
  if (generation.truncate_prompt && sequence_length() > 1) {
    TruncatePrompt(prompt.tokens, state_->vocabulary->begin_token(),
                   sequence_length(), generation.token_count_max);
  }
  const char* const field = chat != nullptr ? "chat" : "prompt";
  if (prompt.tokens.empty()) {
    return FieldError(field,
                      "must not be empty for this model, which has no token to "
                      "begin a text with");
  }
  if (std::ssize(prompt.tokens) >= sequence_length()) {
    return FieldError(
        field,
        absl::StrFormat("is too long: it has %d tokens, and prompt and answer "
                        "together may have %d",
                        prompt.tokens.size(), sequence_length()));
  }
  return prompt;
}

absl::StatusOr<TokenizedTexts> LlamaModel::Tokenize(
    const EmbedQuestion& question) const {
  TokenizedTexts result = {.normalize = question.normalize};
  if (question.pooling) {
    result.pooling = *question.pooling;
  } else {
    ABSL_ASSIGN_OR_RETURN(result.pooling, state_->traits.pooling);
  }
  for (size_t i = 0; i < question.texts.size(); ++i) {
    std::vector<TokenId> tokens = state_->vocabulary->Tokens(
        question.texts[i], BeginOfText::kAsModelWants, ControlText::kPlain);
    const std::string field = absl::StrFormat("texts[%d]", i);
    if (tokens.empty()) {
      return FieldError(field, "must not be empty for this model");
    }
    if (std::ssize(tokens) > text_tokens_max()) {
      return FieldError(
          field, absl::StrFormat(
                     "is too long: it has %d tokens, and the context holds %d",
                     tokens.size(), text_tokens_max()));
    }
    result.texts.push_back(std::move(tokens));
  }
  return result;
}

absl::StatusOr<Answer> LlamaModel::AnswerOf(
    const TokenizeQuestion& question) const {
  const Vocabulary& vocabulary = *state_->vocabulary;
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
                        state_->vocabulary->Text(question.token_ids));
  return DetokenizeAnswer{std::move(text)};
}

absl::StatusOr<std::shared_ptr<Sampler>> LlamaModel::MakeSampler(
    const Generation& generation,
    const std::optional<OutputFormat>& format) const {
  State& state = *state_;
  ABSL_RETURN_IF_ERROR(
      ValidateTokens(generation.sampling.logit_bias, vocabulary_size()));
  Sampler::Options options = {
      .values = Resolve(generation.sampling, state.recommended_sampling),
      .context_tokens = sequence_length(),
      .top_logprobs = generation.top_logprobs};
  std::shared_ptr<const Grammar> grammar;
  State::Pieces* pieces = &state.pieces;
  if (MustCall(generation)) {
    ABSL_ASSIGN_OR_RETURN(
        grammar, GrammarOfCalls(*format, std::get<Chat>(generation.input)));
    pieces = &state.marked_pieces;
  } else {
    ABSL_ASSIGN_OR_RETURN(grammar, GrammarOf(generation.constraint));
  }
  if (grammar != nullptr) {
    std::call_once(pieces->once, [&] {
      pieces->made =
          PiecesOf(*state.vocabulary,
                   MustCall(generation) ? state.marks : std::set<TokenId>());
    });
    options.constraint =
        std::make_unique<TokenConstraint>(grammar, pieces->made);
  }
  return std::make_shared<Sampler>(std::move(options), state.vocabulary->get());
}

int64_t LlamaModel::Add(int64_t slot, int64_t position,
                        absl::Span<const TokenId> tokens) {
  return state_->batch->Add(slot, position, tokens, TokenBatch::Outputs::kNone);
}

void LlamaModel::UseAdapters(absl::Span<const float> scales) {
  state_->ApplyAdapters(scales, state_->context.get());
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
  const Vocabulary& vocabulary = *state_->vocabulary;
  const TokenId token = sampler.Choose(context, Int32(index));
  if (vocabulary.Ends(token)) return {.id = token, .ends_text = true};
  const bool is_mark = state_->marks.contains(token);
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
  std::optional<EmbeddingContext>& context = state_->embedding;
  if (!context || context->pooling() != pooling ||
      context->context_tokens() < text_tokens) {
    context.reset();  // Two at once might not fit.
    // At least a batch, so that most texts need no other context.
    const int64_t context_tokens =
        std::min(text_tokens_max(),
                 std::max(text_tokens, state_->options.micro_batch_size));
    ABSL_ASSIGN_OR_RETURN(
        context,
        EmbeddingContext::Create(state_->model.get(), state_->traits,
                                 state_->options, pooling, context_tokens));
    ABSL_ASSIGN_OR_RETURN(const std::vector<float> scales,
                          ScalesOf({}, state_->adapter_scales));
    state_->ApplyAdapters(scales, context->context());
  }
  return &*context;
}

std::vector<DeviceUse> LlamaModel::MemoryToEmbed() const {
  if (!generates() || !state_->embedding) return {};
  std::vector<DeviceUse> uses = state_->embedding->memory();
  for (DeviceUse& use : uses) use.weights = Bytes();
  return uses;
}

}  // namespace hwledger
