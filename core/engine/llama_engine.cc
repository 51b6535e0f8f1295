#include "core/engine/llama_engine.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/engine/batcher.h"
#include "core/engine/embedder.h"

namespace hwledger {
namespace {

// Enough for a burst; who comes later had better hear it at once than wait for
// minutes.
constexpr int64_t kWaitingMax = 256;

// Without a batcher nothing is generated, and no Start comes.
void Apply(EngineCommand command, std::optional<Batcher>& batcher,
           Embedder& embedder) {
  if (auto* texts = std::get_if<TokenizedTexts>(&command.action)) {
    embedder.Add(command.generation_id, std::move(*texts));
    return;
  }
  if (std::holds_alternative<Cancel>(command.action)) {
    embedder.Cancel(command.generation_id);
  }
  if (batcher) batcher->Apply(std::move(command));
}

bool IsLast(const StepEvent& event) {
  return std::holds_alternative<Completion>(event.event) ||
         std::holds_alternative<Answer>(event.event) ||
         std::holds_alternative<absl::Status>(event.event);
}

// Adds what a second model holds to what the first does.
void AddUses(const std::vector<DeviceUse>& more, std::vector<DeviceUse>& uses) {
  for (const DeviceUse& use : more) {
    const auto same = absl::c_find_if(uses, [&](const DeviceUse& other) {
      return other.name == use.name && other.is_host == use.is_host;
    });
    if (same == uses.end()) {
      uses.push_back(use);
      continue;
    }
    same->weights += use.weights;
    same->kv_cache += use.kv_cache;
    same->compute_buffer += use.compute_buffer;
    same->output_buffer += use.output_buffer;
  }
}

}  // namespace

LlamaEngine::~LlamaEngine() { Stop(); }

absl::StatusOr<Ready> LlamaEngine::Load(const std::string& path,
                                        const EngineOptions& options,
                                        const LlamaModel::Progress& progress,
                                        const ServingOptions& serving,
                                        std::vector<AdapterScale> adapters) {
  if (load_called_.exchange(true)) {
    return absl::FailedPreconditionError("a model has been loaded already");
  }
  // On a thread that ends with it. libgomp counts the helpers of all threads
  // that ever computed, and ggml lets some lay out weights for AMX: beside
  // those of the engine's thread they would be more than there are cores, and
  // then none of them spins at a barrier but sleeps, 600 times a token.
  absl::Status loaded;
  std::thread([&] {
    loaded = LoadModels(path, options, progress, serving, std::move(adapters));
  }).join();
  ABSL_RETURN_IF_ERROR(loaded);
  thread_ = std::thread([this] { Run(); });
  model_ = owned_model_.get();
  std::vector<DeviceUse> devices = owned_model_->memory();
  if (draft_model_ != nullptr) AddUses(draft_model_->memory(), devices);
  return Ready{.devices = std::move(devices),
               .has_chat_template = owned_model_->has_chat_template()};
}

absl::Status LlamaEngine::LoadModels(const std::string& path,
                                     const EngineOptions& options,
                                     const LlamaModel::Progress& progress,
                                     const ServingOptions& serving,
                                     std::vector<AdapterScale> adapters) {
  ABSL_ASSIGN_OR_RETURN(
      owned_model_,
      LlamaModel::Load(path, options, progress, serving, std::move(adapters)));
  if (!serving.draft_path.empty()) {
    ABSL_ASSIGN_OR_RETURN(
        draft_model_,
        DraftModel::Load(serving.draft_path, options, *owned_model_));
  }
  return absl::OkStatus();
}

void LlamaEngine::Submit(Command command) {
  const int64_t id = command.generation_id;
  if (std::holds_alternative<Cancel>(command.action)) {
    commands_.Push({id, Cancel{}});
  } else if (const auto* grant = std::get_if<Grant>(&command.action)) {
    commands_.Push({id, *grant});
  } else if (const auto* question = std::get_if<Question>(&command.action)) {
    absl::StatusOr<std::variant<Answer, TokenizedTexts>> accepted =
        Accept(*question);
    if (!accepted.ok()) {
      events_.Add({{id, accepted.status()}});
    } else if (auto* answer = std::get_if<Answer>(&*accepted)) {
      events_.Add({{id, std::move(*answer)}});
    } else {
      ++generation_count_;
      commands_.Push({id, std::get<TokenizedTexts>(*std::move(accepted))});
    }
  } else {
    absl::StatusOr<TokenizedStart> start =
        Accept(std::get<Start>(std::move(command.action)));
    if (start.ok()) {
      ++generation_count_;
      commands_.Push({id, *std::move(start)});
    } else {
      events_.Add({{id, start.status()}});
    }
  }
}

// The prompt is tokenized here, and the sampler made, on the caller's thread: a
// long one would stall all that run.
absl::StatusOr<TokenizedStart> LlamaEngine::Accept(Start start) {
  const LlamaModel* model = model_;
  ABSL_RETURN_IF_ERROR(CheckRoom());
  ABSL_RETURN_IF_ERROR(Validate(start.generation));
  ABSL_ASSIGN_OR_RETURN(
      std::vector<float> scales,
      ScalesOf(start.generation.lora_adapters, model->adapters()));
  ABSL_ASSIGN_OR_RETURN(TokenizedPrompt prompt,
                        model->Tokenize(start.generation));
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<Sampler> sampler,
                        model->MakeSampler(start.generation, prompt.format));
  return TokenizedStart{std::move(start), std::move(prompt.tokens),
                        std::move(prompt.format), std::move(scales),
                        std::move(sampler)};
}

absl::StatusOr<std::variant<Answer, TokenizedTexts>> LlamaEngine::Accept(
    const Question& question) {
  const LlamaModel* model = model_;
  ABSL_RETURN_IF_ERROR(CheckRoom());
  ABSL_RETURN_IF_ERROR(Validate(question));
  if (const auto* embed = std::get_if<EmbedQuestion>(&question)) {
    return model->Tokenize(*embed);
  }
  if (const auto* tokenize = std::get_if<TokenizeQuestion>(&question)) {
    return model->AnswerOf(*tokenize);
  }
  return model->AnswerOf(std::get<DetokenizeQuestion>(question));
}

absl::Status LlamaEngine::CheckRoom() const {
  const LlamaModel* model = model_;
  if (model == nullptr) {
    return absl::FailedPreconditionError("no model is loaded");
  }
  if (generation_count_ >= model->slot_count() + kWaitingMax) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "too many generations wait for this model: %d", kWaitingMax));
  }
  return absl::OkStatus();
}

void LlamaEngine::Run() {
  std::optional<Batcher> batcher;
  if (owned_model_->generates()) {
    batcher.emplace(*owned_model_, draft_model_.get());
  }
  Embedder embedder(*owned_model_);
  for (;;) {
    const bool idle = !(batcher && batcher->CanStep()) && !embedder.CanStep();
    auto commands = commands_.Take(idle ? CommandQueue::WhenEmpty::kWait
                                        : CommandQueue::WhenEmpty::kReturn);
    if (!commands) return;
    for (EngineCommand& command : *commands) {
      Apply(std::move(command), batcher, embedder);
    }
    if (batcher) {
      if (batcher->CanStep()) batcher->Step(commands_);
      Deliver(batcher->TakeEvents());
    }
    if (embedder.CanStep()) embedder.Step(commands_);
    Deliver(embedder.TakeEvents());
  }
}

void LlamaEngine::Deliver(std::vector<StepEvent> events) {
  generation_count_ -= absl::c_count_if(events, IsLast);
  events_.Add(std::move(events));
  // Who sends them on may wait for this core: the engine's threads hold all.
  std::this_thread::yield();
}

void LlamaEngine::Stop() {
  commands_.Stop();
  if (thread_.joinable()) thread_.join();
  events_.Close();
}

}  // namespace hwledger
