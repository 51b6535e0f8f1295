#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/engine/command_queue.h"
#include "core/engine/drafter.h"
#include "core/engine/link.h"
#include "core/engine/llama_model.h"
#include "core/engine/sampler.h"
#include "core/engine/sequence.h"

namespace hwledger {

// A generation that has a slot, and its part in the batch. For the engine's
// thread.
struct RunningGeneration {
  Sequence sequence;
  Sampler sampler;
  int64_t slot = 0;
  int64_t checkpoint_tokens = 0;  // As SlotPool::Claim.
  bool has_turn = true;           // To be in the batch.
  int64_t share = 0;              // Its tokens in the batch.
  int64_t last_index = 0;         // Of them, in the batch.
  std::vector<TokenId> drafts;    // What may follow; in the batch, too.
  int64_t draft_count = 1;        // To propose next.
  bool ended = false;

  // Whether its text goes on with the next batch.
  bool GoesOn() const;
  // Tokens that it could compute in the next batch, its drafts included.
  int64_t Demand() const;
  // Drops its drafts. Returns what to ask for next; nothing where drafts would
  // be of no use.
  std::optional<DraftRequest> RequestDrafts();
  // Adds its share, of which the drafts are a part, to the model's batch.
  void AddTo(LlamaModel& model);
  // Takes what the model says after its share. True: nothing follows, and the
  // last event is among `events`.
  bool TakeTokens(LlamaModel& model, const Drafter& drafter,
                  Sequence::Clock::time_point now,
                  std::vector<StepEvent>& events);
};

}  // namespace hwledger
