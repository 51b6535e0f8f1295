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
      pace_(model.batch_tokens()),
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
  bool computed = false;
  while (!computed && FillBatch()) {
    computed = true;
    switch (Compute(commands)) {
      case LlamaModel::Outcome::kDone:
        TakeOutputs();
        break;
      case LlamaModel::Outcome::kNoRoom:
        if (!slots_.EvictOne()) {
          FailNewestOfBatch(absl::ResourceExhaustedError(
              "the cache has no room left for this generation"));
        }
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

std::unique_ptr<Batcher::Running> Batcher::Begin(Waiting waiting) {
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
  return std::unique_ptr<Running>(new Running{
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

void Batcher::Propose() {
  if (!drafter_.proposes()) return;
  draft_requests_.clear();
  for (const auto& running : running_) {
    running->drafts.clear();
    const int64_t count =
        std::min(running->draft_count, running->sequence.DraftRoom());
    if (count == 0 || !running->has_turn) continue;
    draft_requests_.push_back({.slot = running->slot,
                               .tokens = running->sequence.tokens(),
                               .count = count,
                               .out = &running->drafts});
  }
  drafter_.Propose(draft_requests_);
}

bool Batcher::FillBatch() {
  TakeTurns();
  Propose();
  demands_.clear();
  bool has_running = false;
  for (const auto& running : running_) {
    const Sequence& sequence = running->sequence;
    const Demand& demand = demands_.emplace_back(
        Demand{.tokens = DemandOf(*running), .reads = sequence.reads()});
    has_running |= demand.tokens > 0 && !demand.reads;
  }
  ShareBatch(demands_,
             {.tokens = model_.batch_tokens(),
              .prompt_tokens = pace_.PromptTokens(has_running)},
             step_number_, shares_);
  load_ = {};
  batch_ids_.clear();
  model_.ClearBatch();
  for (size_t i = 0; i < running_.size(); ++i) {
    running_[i]->share = shares_[i];
    if (shares_[i] > 0) AddToBatch(*running_[i]);
  }
  return !batch_ids_.empty();
}

// A batch ends where a checkpoint is to be kept.
int64_t Batcher::DemandOf(const Running& running) {
  if (!running.has_turn) return 0;
  const int64_t demand = running.sequence.Demand() + std::ssize(running.drafts);
  const int64_t before =
      running.checkpoint_tokens - running.sequence.computed_tokens();
  return before > 0 ? std::min(demand, before) : demand;
}

void Batcher::AddToBatch(Running& running) {
  const Sequence& sequence = running.sequence;
  if (sequence.reads()) {
    load_.prompt_tokens += running.share;
  } else {
    load_.has_running = true;
  }
  batch_ids_.push_back(sequence.generation_id());
  if (!running.drafts.empty()) {
    running.drafts.resize(static_cast<size_t>(running.share - 1));
    running.share = 1;
  }
  const int64_t position = sequence.computed_tokens();
  running.last_index =
      model_.Add(running.slot, position, sequence.Next(running.share));
  if (sequence.Completes(running.share)) model_.AskOutput(running.last_index);
  if (running.drafts.empty()) return;
  int64_t index = running.last_index;
  model_.Add(running.slot, position + 1, running.drafts);
  for (size_t i = 0; i < running.drafts.size(); ++i) model_.AskOutput(++index);
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
    const bool read = sequence.reads();
    const bool completes = sequence.Completes(running->share);
    sequence.Advance(running->share, events_);
    if (read) drafter_.Read(running->slot, sequence.computed());
    if (sequence.reads()) KeepCheckpoint(*running);
    if (completes) TakeTokens(*running, now);
  }
}

// A draft has come true where the model, asked as ever, says the same: what is
// said does not depend on drafts.
void Batcher::TakeTokens(Running& running, Sequence::Clock::time_point now) {
  Sequence& sequence = running.sequence;
  const int64_t proposed = std::ssize(running.drafts);
  sequence.CountDrafts(proposed, 0);
  bool ended = false;
  for (int64_t i = 0; !ended; ++i) {
    SampledToken token = model_.Sample(running.sampler, running.last_index + i);
    if (const absl::Status& status = running.sampler.status(); !status.ok()) {
      events_.push_back({sequence.generation_id(), status});
      ended = true;
      break;
    }
    const bool came_true =
        i < proposed && token.id == running.drafts[static_cast<size_t>(i)];
    if (came_true) sequence.CountDrafts(0, 1);
    ended = sequence.Accept(std::move(token), now, events_);
    if (!came_true) {
      running.draft_count =
          drafter_.NextCount(running.draft_count, proposed, i);
      break;
    }
    if (!ended) sequence.Advance(1, events_);
  }
  if (proposed > 0) {
    model_.slots().Rewind(running.slot, sequence.computed_tokens());
  }
  if (ended) End(running, Remains::kComputed);
}

void Batcher::KeepCheckpoint(Running& running) {
  const int64_t tokens = running.sequence.computed_tokens();
  if (tokens == running.checkpoint_tokens ||
      slots_.WantsCheckpoint(running.slot, tokens)) {
    slots_.KeepCheckpoint(running.slot, tokens);
  }
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

void Batcher::Fail(Running& running, const absl::Status& status,
                   Remains remains) {
  events_.push_back({running.sequence.generation_id(), status});
  End(running, remains);
}

void Batcher::End(Running& running, Remains remains) {
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
