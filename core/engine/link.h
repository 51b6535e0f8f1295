#pragma once

#include <cstdint>
#include <variant>

#include "absl/status/status.h"
#include "core/engine/generation.h"

namespace hwledger {

// What the daemon tells the process that runs a model, and what it hears back.
// Each names its generation by a number that the daemon chose.

struct Start {
  Generation generation;
  int64_t credit_tokens = 0;  // May be sent before the first Grant.
};

struct Cancel {};

// Allows more tokens: as many have been taken.
struct Grant {
  int64_t credit_tokens = 0;
};

struct Command {
  int64_t generation_id = 0;
  std::variant<Start, Cancel, Grant> action;
};

// A Completion or a Status (a failure) is a generation's last event.
struct StepEvent {
  int64_t generation_id = 0;
  std::variant<Queued, PromptProgress, Token, Completion, absl::Status> event;
};

}  // namespace hwledger
