#include "core/engine/batcher.h"

#include <chrono>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "core/engine/scheduler.h"

namespace hwledger {
namespace {

absl::Status Cancelled() {
  return absl::CancelledError("the generation was cancelled");
}

}  // namespace

Batcher::Batcher(LlamaModel& model) : model_(model) {
  for (int64_t slot = model.slot_count() - 1; slot >= 0; --slot) {
    free_slots_.push_back(slot);
  }
}

void Batcher::Apply(EngineCommand command) {
  if (auto* start = std::get_if<TokenizedStart>(&command.action)) {
    waiting_.push_back({command.generation_id, std::move(*start)});
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
  for (Waiting& waiting : waiting_) {
    if (waiting.generation_id == generation_id) {
      waiting.start.start.credit_tokens += credit_tokens;
    }
  }
}

void Batcher::Cancel(int64_t generation_id) {
  for (const auto& running : running_) {
    if (running->sequence.generation_id() == generation_id) {
      Fail(*running, Cancelled());
    }
  }
  RemoveEnded();
  if (std::erase_if(waiting_, [&](const Waiting& waiting) {
        return waiting.generation_id == generation_id;
      }) > 0) {
    events_.push_back({generation_id, Cancelled()});
  }
}

bool Batcher::CanStep() const {
  return (!waiting_.empty() && !free_slots_.empty()) ||
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
        FailNewestOfBatch(absl::ResourceExhaustedError(
            "the cache has no room left for this generation"));
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
  while (!waiting_.empty() && !free_slots_.empty()) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    Sampler sampler = model_.MakeSampler(next.start.start.generation.sampling);
    for (const TokenId token : next.start.prompt) sampler.Observe(token);
    running_.push_back(std::unique_ptr<Running>(new Running{
        .sequence = Sequence(next.generation_id, std::move(next.start),
                             model_.sequence_length(), Sequence::Clock::now()),
        .sampler = std::move(sampler),
        .slot = free_slots_.back()}));
    free_slots_.pop_back();
  }
}

std::vector<int64_t> Batcher::TakeDemands() {
  std::vector<int64_t> demands;
  demands.reserve(running_.size());
  for (const auto& running : running_) {
    demands.push_back(running->sequence.Demand());
  }
  if (model_.adapters().empty()) return demands;
  std::vector<const AdapterTurn::Scales*> wanting;
  for (size_t i = 0; i < running_.size(); ++i) {
    if (demands[i] == 0) continue;
    wanting.push_back(&running_[i]->sequence.adapter_scales());
  }
  if (wanting.empty()) return demands;
  const AdapterTurn::Scales& scales = adapter_turn_.Next(wanting);
  model_.UseAdapters(scales);
  for (size_t i = 0; i < running_.size(); ++i) {
    if (running_[i]->sequence.adapter_scales() != scales) demands[i] = 0;
  }
  return demands;
}

bool Batcher::FillBatch() {
  const std::vector<int64_t> shares =
      ShareBatch(TakeDemands(), model_.batch_tokens(), step_number_);
  model_.ClearBatch();
  for (size_t i = 0; i < running_.size(); ++i) {
    Running& running = *running_[i];
    running.share = shares[i];
    if (running.share == 0) continue;
    const Sequence& sequence = running.sequence;
    running.last_index = model_.Add(running.slot, sequence.computed_tokens(),
                                    sequence.Next(running.share));
    if (sequence.Completes(running.share)) {
      model_.AskOutput(running.last_index);
    }
  }
  return absl::c_any_of(shares, [](int64_t share) { return share > 0; });
}

LlamaModel::Outcome Batcher::Compute(const CommandQueue& commands) {
  std::vector<int64_t> ids;
  for (const auto& running : running_) {
    if (running->share > 0) ids.push_back(running->sequence.generation_id());
  }
  return model_.Compute([&] { return commands.CancelsAll(ids); });
}

void Batcher::TakeOutputs() {
  const Sequence::Clock::time_point now = Sequence::Clock::now();
  for (const auto& running : running_) {
    if (running->share == 0) continue;
    Sequence& sequence = running->sequence;
    const bool completes = sequence.Completes(running->share);
    sequence.Advance(running->share, events_);
    if (!completes) continue;
    const SampledToken token =
        model_.Sample(running->sampler, running->last_index);
    if (sequence.Accept(token, now, events_)) End(*running);
  }
}

void Batcher::FailNewestOfBatch(const absl::Status& status) {
  for (auto it = running_.rbegin(); it != running_.rend(); ++it) {
    if ((*it)->share == 0) continue;
    Fail(**it, status);
    return;
  }
}

void Batcher::FailBatch(const absl::Status& status) {
  for (const auto& running : running_) {
    if (running->share > 0) Fail(*running, status);
  }
}

void Batcher::Fail(Running& running, const absl::Status& status) {
  events_.push_back({running.sequence.generation_id(), status});
  End(running);
}

void Batcher::End(Running& running) {
  model_.Forget(running.slot);
  free_slots_.push_back(running.slot);
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
  for (size_t i = 0; i < waiting_.size(); ++i) {
    const auto position = static_cast<int64_t>(i);
    if (waiting_[i].reported_position == position) continue;
    waiting_[i].reported_position = position;
    events_.push_back({waiting_[i].generation_id, Queued{position}});
  }
}

}  // namespace hwledger
