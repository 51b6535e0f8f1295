#include "core/engine/draft_model.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

using Clock = std::chrono::steady_clock;

// As the planner counts it.
EngineOptions OptionsOfDraft(EngineOptions options) {
  options.outputs_per_slot = 1;
  options.kv_cache_type_k = "f16";
  options.kv_cache_type_v = "f16";
  options.gpu_layers = -1;
  options.cpu_moe_layers = 0;
  return options;
}

// Without penalties, whatever its file recommends: the sampler is one for all
// texts.
Generation Likeliest() {
  return {.sampling = {.temperature = 0, .penalty_last_tokens = 0}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<DraftModel>> DraftModel::Load(
    const std::string& path, const EngineOptions& options,
    const LlamaModel& model) {
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<LlamaModel> draft,
                        LlamaModel::Load(path, OptionsOfDraft(options),
                                         [](double) { return true; }));
  if (!model.SharesVocabulary(*draft)) {
    return FieldError(
        "draft_model_id",
        absl::StrFormat("must have the vocabulary of the model that it drafts "
                        "for; got \"%s\"",
                        path));
  }
  if (!draft->generates() ||
      draft->slots().rewinding() != SlotMemory::Rewinding::kAnywhere) {
    return FieldError(
        "draft_model_id",
        absl::StrFormat("must be a model that generates text and can take "
                        "tokens back, which those with recurrent or "
                        "sliding-window layers cannot; got \"%s\"",
                        path));
  }
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<Sampler> likeliest,
                        draft->MakeSampler(Likeliest()));
  return std::unique_ptr<DraftModel>(new DraftModel(
      std::move(draft), std::move(*likeliest), model.vocabulary_size()));
}

DraftModel::DraftModel(std::unique_ptr<LlamaModel> model, Sampler likeliest,
                       int64_t vocabulary_size)
    : model_(std::move(model)),
      vocabulary_size_(vocabulary_size),
      likeliest_(std::move(likeliest)),
      pace_(model_->batch_tokens(), PrefillPace::kSharedStepGoal),
      held_(static_cast<size_t>(model_->slot_count())) {}

void DraftModel::GoBack(int64_t slot, absl::Span<const TokenId> tokens) {
  std::vector<TokenId>& held = Held(slot);
  const size_t length = std::min(held.size(), tokens.size());
  const auto end = held.begin() + static_cast<ptrdiff_t>(length);
  const auto other = std::mismatch(held.begin(), end, tokens.begin()).first;
  if (other == held.end()) return;
  model_->slots().Rewind(slot, other - held.begin());
  held.erase(other, held.end());
}

void DraftModel::Propose(absl::Span<DraftRequest> requests, bool has_running) {
  for (DraftRequest& request : requests) request.out->clear();
  Read(requests, has_running);
  for (int64_t round = 0; ProposeOne(requests, round); ++round) {
  }
}

// A prompt that the first model found in its cache may be new to this one, and
// long.
void DraftModel::Read(absl::Span<const DraftRequest> requests,
                      bool has_running) {
  const Clock::time_point start = Clock::now();
  const int64_t tokens_max = pace_.PromptTokens(has_running);
  int64_t tokens_read = 0;
  model_->ClearBatch();
  for (const DraftRequest& request : requests) {
    // The last token's output is wanted.
    const auto text = request.tokens.first(request.tokens.size() - 1);
    GoBack(request.slot, text);
    std::vector<TokenId>& held = Held(request.slot);
    const auto next = text.subspan(
        held.size(), static_cast<size_t>(tokens_max - tokens_read));
    if (next.empty()) continue;
    model_->Add(request.slot, std::ssize(held), next);
    held.insert(held.end(), next.begin(), next.end());
    tokens_read += std::ssize(next);
  }
  if (tokens_read == 0 || !Compute()) return;
  // How long a few took says little about many.
  if (tokens_read < PrefillPace::kTokensMin) return;
  pace_.Observe({.has_running = has_running, .prompt_tokens = tokens_read},
                Clock::now() - start);
}

bool DraftModel::ProposeOne(absl::Span<DraftRequest> requests, int64_t round) {
  outputs_.assign(requests.size(), -1);
  model_->ClearBatch();
  bool any = false;
  for (size_t i = 0; i < requests.size(); ++i) {
    outputs_[i] = AddNext(requests[i], round);
    any |= outputs_[i] >= 0;
  }
  if (!any || !Compute()) return false;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (outputs_[i] < 0) continue;
    std::vector<TokenId>& out = *requests[i].out;
    Held(requests[i].slot)
        .push_back(round == 0 ? requests[i].tokens.back() : out.back());
    const SampledToken token = model_->Sample(likeliest_, outputs_[i]);
    if (!token.ends_text && token.id < vocabulary_size_) {
      out.push_back(token.id);
    }
  }
  return true;
}

// The index of the output; -1: the request wants no more, or its text is not
// read yet.
int64_t DraftModel::AddNext(const DraftRequest& request, int64_t round) {
  const int64_t held = std::ssize(Held(request.slot));
  if (round >= request.count || std::ssize(*request.out) < round ||
      held != std::ssize(request.tokens) - 1 + round) {
    return -1;
  }
  const TokenId token =
      round == 0 ? request.tokens.back() : request.out->back();
  const int64_t index = model_->Add(request.slot, held, {token});
  model_->AskOutput(index);
  return index;
}

// On failure nobody knows what is in the slots.
bool DraftModel::Compute() {
  if (model_->Compute([] { return false; }) == LlamaModel::Outcome::kDone) {
    return true;
  }
  for (int64_t slot = 0; slot < model_->slot_count(); ++slot) {
    model_->slots().Forget(slot);
    Held(slot).clear();
  }
  return false;
}

}  // namespace hwledger
