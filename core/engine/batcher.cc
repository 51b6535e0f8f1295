#include "core/engine/batcher.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

absl::Status Cancelled() {
  return absl::CancelledError("the generation was cancelled");
}

// A CPU with AMX computes so many rows at once: 33 take it nearly twice as long
// as 32. What goes on takes another step anyway, which the rest joins.
constexpr int64_t kBlockTokens = 32;
// With more rows ggml's attention on a CPU looks at all cells of a shared
// cache, twice as fast as it otherwise looks at those of each row's own
// sequence.
constexpr int64_t kUntiledTokens = 63;

// For whom what is computed of a prompt is of use: the same user, and the same
// scales of adapters, of which a model always has as many.
std::string OwnerOf(const TokenizedStart& start) {
  const std::vector<float>& scales = start.adapter_scales;
  std::string owner(scales.size() * sizeof(float), '\0');
  if (!scales.empty()) std::memcpy(owner.data(), scales.data(), owner.size());
  return owner + start.start.generation.user;
}

}  // namespace

Batcher::Batcher(LlamaModel& model, DraftModel* draft)
    : model_(model),
      slots_(model.slots(), model.slot_count(),
             model.serving().prefix_cache_max),
      pace_(model.batch_tokens(), draft == nullptr
                                      ? PrefillPace::kStepGoal
                                      : PrefillPace::kSharedStepGoal),
      drafter_(model.serving(), draft) {}

void Batcher::Apply(EngineCommand command) {
  if (auto* start = std::get_if<TokenizedStart>(&command.action)) {
    waiting_.Add({command.generation_id, std::move(*start)});
  } else if (auto* grant = std::get_if<hwledger::Grant>(&command.action)) {
    Grant(command.generation_id, grant->credit_tokens);
  } else {
    Cancel(command.generation_id);
  }
}

void Batcher::Grant(int64_t generation_id, int64_t credit_tokens) {
  for (const auto& running : running_) {
    if (running->sequence.generation_id() == generation_id) {
      running->sequence.Grant(credit_tokens);
    }
  }
  if (Waiting* waiting = waiting_.Find(generation_id)) {
    waiting->start.start.credit_tokens += credit_tokens;
  }
}

void Batcher::Cancel(int64_t generation_id) {
  for (const auto& running : running_) {
    if (running->sequence.generation_id() == generation_id) {
      Fail(*running, Cancelled(), Remains::kComputed);
    }
  }
  RemoveEnded();
  if (waiting_.Remove(generation_id)) {
    events_.push_back({generation_id, Cancelled()});
  }
}

bool Batcher::CanStep() const {
  return (!waiting_.empty() && slots_.has_free()) ||
         absl::c_any_of(running_, [](const auto& running) {
           return running->sequence.Demand() > 0;
         });
}

void Batcher::Step(const CommandQueue& commands) {
  Admit();
  TakeTurns();
  Propose();
  bool computed = false;
  while (!computed && FillBatch()) {
    computed = true;
    switch (Compute(commands)) {
      case LlamaModel::Outcome::kDone:
        TakeOutputs();
        break;
      case LlamaModel::Outcome::kNoRoom:
        MakeRoom();
        computed = false;
        break;
      case LlamaModel::Outcome::kGivenUp:
        FailBatch(Cancelled());
        break;
      case LlamaModel::Outcome::kFailed:
        FailBatch(absl::InternalError("the engine failed to compute a batch"));
        break;
    }
    RemoveEnded();
  }
  ++step_number_;
}

void Batcher::Admit() {
  while (!waiting_.empty() && slots_.has_free()) {
    running_.push_back(Begin(waiting_.TakeFirst()));
  }
}

std::unique_ptr<RunningGeneration> Batcher::Begin(Waiting waiting) {
  const Sequence::Clock::time_point now = Sequence::Clock::now();
  TokenizedStart& start = waiting.start;
  std::vector<SlotPool::Running> taken;
  taken.reserve(running_.size());
  for (const auto& running : running_) {
    taken.push_back({running->slot, running->sequence.computed()});
  }
  const SlotPool::Claim claim =
      slots_.Take(OwnerOf(start), start.prompt, taken);
  Sampler sampler = std::move(*start.sampler);
  for (const TokenId token : start.prompt) sampler.Observe(token);
  return std::unique_ptr<RunningGeneration>(new RunningGeneration{
      .sequence = Sequence(waiting.generation_id, std::move(start),
                           model_.sequence_length(), claim.cached_tokens, now),
      .sampler = std::move(sampler),
      .slot = claim.slot,
      .checkpoint_tokens = claim.checkpoint_tokens});
}

void Batcher::TakeTurns() {
  if (model_.adapters().empty()) return;
  std::vector<const AdapterTurn::Scales*> wanting;
  for (const auto& running : running_) {
    if (running->sequence.Demand() == 0) continue;
    wanting.push_back(&running->sequence.adapter_scales());
  }
  if (wanting.empty()) return;
  const AdapterTurn::Scales& scales = adapter_turn_.Next(wanting);
  model_.UseAdapters(scales);
  for (const auto& running : running_) {
    running->has_turn = running->sequence.adapter_scales() == scales;
  }
}

bool Batcher::HasRunning() const {
  return absl::c_any_of(running_,
                        [](const auto& running) { return running->GoesOn(); });
}

void Batcher::Propose() {
  if (!drafter_.proposes()) return;
  draft_requests_.clear();
  for (const auto& running : running_) {
    if (const auto request = running->RequestDrafts()) {
      draft_requests_.push_back(*request);
    }
  }
  drafter_.Propose(draft_requests_, HasRunning());
}

BatchRoom Batcher::Room() const {
  const int64_t tokens = model_.batch_tokens();
  const bool goes_on = HasRunning();
  BatchRoom room = {.tokens = tokens,
                    .prompt_tokens = pace_.PromptTokens(goes_on)};
  if (!goes_on) return room;
  room.block_tokens = kBlockTokens;
  if (model_.slots().others_cost() && ReadsAmongMany()) {
    room.tokens_with_prompts = kUntiledTokens;
  }
  return room;
}

bool Batcher::ReadsAmongMany() const {
  const auto reader = absl::c_find_if(
      running_, [](const auto& running) { return running->sequence.reads(); });
  if (reader == running_.end()) return false;
  int64_t tokens = 0;
  for (const auto& running : running_) {
    tokens += running->sequence.computed_tokens();
  }
  return (*reader)->sequence.computed_tokens() < tokens / 2;
}

bool Batcher::FillBatch() {
  demands_.clear();
  for (const auto& running : running_) {
    demands_.push_back(
        {.tokens = running->Demand(), .reads = running->sequence.reads()});
  }
  ShareBatch(demands_, Room(), step_number_, shares_);
  batch_.clear();
  for (size_t i = 0; i < running_.size(); ++i) {
    running_[i]->share = shares_[i];
    if (shares_[i] > 0) batch_.push_back(running_[i].get());
  }
  // Caches of their own are computed at once where each is the next one's.
  absl::c_sort(batch_,
               [](const auto* a, const auto* b) { return a->slot < b->slot; });
  load_ = {};
  batch_ids_.clear();
  model_.ClearBatch();
  for (RunningGeneration* running : batch_) AddToBatch(*running);
  return !batch_ids_.empty();
}

void Batcher::AddToBatch(RunningGeneration& running) {
  if (running.sequence.reads()) {
    load_.prompt_tokens += running.share;
  } else {
    load_.has_running = true;
  }
  batch_ids_.push_back(running.sequence.generation_id());
  running.AddTo(model_);
}

LlamaModel::Outcome Batcher::Compute(const CommandQueue& commands) {
  const Sequence::Clock::time_point start = Sequence::Clock::now();
  const LlamaModel::Outcome outcome =
      model_.Compute([&] { return commands.CancelsAll(batch_ids_); });
  if (outcome == LlamaModel::Outcome::kDone) {
    pace_.Observe(load_, Sequence::Clock::now() - start);
  }
  return outcome;
}

void Batcher::TakeOutputs() {
  const Sequence::Clock::time_point now = Sequence::Clock::now();
  for (const auto& running : running_) {
    if (running->share == 0) continue;
    Sequence& sequence = running->sequence;
    const bool completes = sequence.Completes(running->share);
    sequence.Advance(running->share, events_);
    if (sequence.reads()) KeepCheckpoint(*running);
    if (completes && running->TakeTokens(model_, drafter_, now, events_)) {
      End(*running, Remains::kComputed);
    }
  }
}

void Batcher::KeepCheckpoint(RunningGeneration& running) {
  const int64_t tokens = running.sequence.computed_tokens();
  if (tokens == running.checkpoint_tokens ||
      slots_.WantsCheckpoint(running.slot, tokens)) {
    slots_.KeepCheckpoint(running.slot, tokens);
  }
}

// Each time one cached prefix fewer is there, or no draft any more, or one
// generation fewer, whose prefix is cached then: a step is tried again at most
// twice for each slot, and once for the drafts.
void Batcher::MakeRoom() {
  if (slots_.EvictOne() || DropDrafts()) return;
  FailNewestOfBatch(absl::ResourceExhaustedError(
      "the cache has no room left for this generation"));
}

// Nobody fails for what may not come true.
bool Batcher::DropDrafts() {
  bool any = false;
  for (const auto& running : running_) {
    any |= !running->drafts.empty();
    running->drafts.clear();
  }
  return any;
}

void Batcher::FailNewestOfBatch(const absl::Status& status) {
  for (auto it = running_.rbegin(); it != running_.rend(); ++it) {
    if ((*it)->share == 0) continue;
    Fail(**it, status, Remains::kComputed);
    return;
  }
}

void Batcher::FailBatch(const absl::Status& status) {
  for (const auto& running : running_) {
    if (running->share > 0) Fail(*running, status, Remains::kNothing);
  }
}

void Batcher::Fail(RunningGeneration& running, const absl::Status& status,
                   Remains remains) {
  events_.push_back({running.sequence.generation_id(), status});
  End(running, remains);
}

void Batcher::End(RunningGeneration& running, Remains remains) {
  if (remains == Remains::kComputed) {
    slots_.Release(running.slot, std::move(running.sequence).TakeComputed());
  } else {
    slots_.ReleaseEmpty(running.slot);
  }
  running.ended = true;
}

void Batcher::RemoveEnded() {
  std::erase_if(running_, [](const auto& running) { return running->ended; });
}

std::vector<StepEvent> Batcher::TakeEvents() {
  ReportPositions();
  return std::exchange(events_, {});
}

void Batcher::ReportPositions() {
  waiting_.ForEach([this](int64_t position, Waiting& waiting) {
    if (waiting.reported_position == position) return;
    waiting.reported_position = position;
    events_.push_back({waiting.generation_id, Queued{position}});
  });
}

}  // namespace hwledger
