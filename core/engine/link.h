#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/question.h"

namespace hwledger {

// What the daemon tells the process that runs a model, and what it hears back.
// Each names its generation, or its question, by a number that the daemon
// chose.

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
  std::variant<Start, Cancel, Grant, Question> action;
};

// What an engine says once its model is loaded.
struct Ready {
  std::vector<DeviceUse> devices;  // Each that holds something.
  bool has_chat_template = false;

  friend bool operator==(const Ready&, const Ready&) = default;
};

// A sign of life of an engine. Between two of them that are equal and computing
// nothing has happened.
struct Pulse {
  // How often its thread has looked for commands: at every turn, and between
  // the operations of a step.
  int64_t look_count = 0;
  bool is_computing = false;  // Rather than loading, or waiting for commands.

  friend bool operator==(const Pulse&, const Pulse&) = default;
};

// The most PromptProgress events of one generation, however long its prompt.
inline constexpr int64_t kPromptProgressMax = 16;

// Each Start gets exactly one last event: a Completion, or the Status with
// which it failed (Cancelled after a Cancel). Token events never stand for more
// tokens than the credit, but for what the last of them had held back. Each
// Question gets exactly one event: its Answer, or a Status.
struct StepEvent {
  int64_t generation_id = 0;
  std::variant<Queued, PromptProgress, Token, Reasoning, ToolCall, Completion,
               Answer, absl::Status>
      event;
};

}  // namespace hwledger
