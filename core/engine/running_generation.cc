#include "core/engine/running_generation.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace hwledger {

bool RunningGeneration::GoesOn() const {
  return has_turn && !sequence.reads() && sequence.Demand() > 0;
}

// A batch ends where a checkpoint is to be kept.
int64_t RunningGeneration::Demand() const {
  if (!has_turn) return 0;
  const int64_t demand = sequence.Demand() + std::ssize(drafts);
  const int64_t before = checkpoint_tokens - sequence.computed_tokens();
  return before > 0 ? std::min(demand, before) : demand;
}

std::optional<DraftRequest> RunningGeneration::RequestDrafts() {
  drafts.clear();
  const int64_t count = std::min(draft_count, sequence.DraftRoom());
  if (!has_turn || (count == 0 && !sequence.reads())) return std::nullopt;
  const auto known = static_cast<size_t>(sequence.computed_tokens() + 1);
  return DraftRequest{.slot = slot,
                      .tokens = sequence.tokens().first(known),
                      .count = count,
                      .out = &drafts};
}

void RunningGeneration::AddTo(LlamaModel& model) {
  if (!drafts.empty()) {
    drafts.resize(static_cast<size_t>(share - 1));
    share = 1;
  }
  const int64_t position = sequence.computed_tokens();
  last_index = model.Add(slot, position, sequence.Next(share));
  if (sequence.Completes(share)) model.AskOutput(last_index);
  if (drafts.empty()) return;
  int64_t index = last_index;
  model.Add(slot, position + 1, drafts);
  for (size_t i = 0; i < drafts.size(); ++i) model.AskOutput(++index);
}

// A draft has come true where the model, asked as ever, says the same: what is
// said does not depend on drafts.
bool RunningGeneration::TakeTokens(LlamaModel& model, const Drafter& drafter,
                                   Sequence::Clock::time_point now,
                                   std::vector<StepEvent>& events) {
  const int64_t proposed = std::ssize(drafts);
  sequence.CountDrafts(proposed, 0);
  bool is_last = false;
  for (int64_t i = 0; !is_last; ++i) {
    SampledToken token = model.Sample(sampler, last_index + i);
    if (const absl::Status& status = sampler.status(); !status.ok()) {
      events.push_back({sequence.generation_id(), status});
      is_last = true;
      break;
    }
    const bool came_true =
        i < proposed && token.id == drafts[static_cast<size_t>(i)];
    if (came_true) sequence.CountDrafts(0, 1);
    is_last = sequence.Accept(std::move(token), now, events);
    if (!came_true) {
      draft_count = drafter.NextCount(draft_count, proposed, i);
      break;
    }
    if (!is_last) sequence.Advance(1, events);
  }
  if (proposed > 0) model.slots().Rewind(slot, sequence.computed_tokens());
  return is_last;
}

}  // namespace hwledger
