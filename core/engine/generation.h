#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/engine/adapter_scale.h"
#include "core/engine/chat.h"
#include "core/engine/sampling.h"

namespace hwledger {

// What a text must look like. At most one is set.
struct Constraint {
  std::optional<std::string> json_schema;
  std::optional<std::string> grammar;  // GBNF

  friend bool operator==(const Constraint&, const Constraint&) = default;
};

// One text to generate.
struct Generation {
  // Text to continue, or a conversation to answer.
  std::variant<std::string, Chat> input;
  Sampling sampling;
  std::optional<int64_t> token_count_max;  // Absent: what the context holds.
  std::vector<std::string> stop_strings;
  // Whom it is for. What was cached of one's prompts is of use to nobody else.
  std::string user;
  // Whether a prompt that is longer than the context loses its start.
  bool truncate_prompt = false;
  Constraint constraint;
  // Report how likely each token was, and so many of the likeliest in its
  // place.
  std::optional<int64_t> top_logprobs;
  // How strongly the adapters are applied that the model was loaded with, and
  // no others. Empty: as loaded. What was computed with other ones is of no
  // use.
  std::vector<AdapterScale> lora_adapters;

  friend bool operator==(const Generation&, const Generation&) = default;
};

// InvalidArgument: a field is out of range; names field and value. Whether the
// prompt fits the context is for the engine to say, whether the constraint can
// be held for AsGrammar.
absl::Status Validate(const Generation& generation);

enum class FinishReason { kEndOfText, kStopString, kLength, kToolCalls };

// What happens to a generation, in this order.

struct Queued {
  int64_t position = 0;  // Generations before this one.
};

struct LoadProgress {
  double fraction = 0;
};

struct PromptProgress {
  int64_t processed_tokens = 0;  // Cached ones included.
  int64_t total_tokens = 0;
  int64_t cached_tokens = 0;
};

// How likely a token was, before sampling changed anything.
struct TokenLogprob {
  int64_t token_id = 0;
  std::string piece;   // May be a part of a character.
  double logprob = 0;  // Natural logarithm.
  std::vector<TokenLogprob> top;

  friend bool operator==(const TokenLogprob&, const TokenLogprob&) = default;
};

struct Token {
  std::string text;  // Whole UTF-8, never empty.
  int64_t token_count = 1;
  std::vector<TokenLogprob> logprobs;  // Of each token, where they were asked.
};

// What the model thinks; no part of its answer.
struct Reasoning {
  std::string text;  // Whole UTF-8, never empty.
  int64_t token_count = 1;
};

// Makes one of two that follow each other: an event costs more than the text in
// it.
void Append(Token next, Token& token);
void Append(const Reasoning& next, Reasoning& thought);

struct Completion {
  std::string full_text;
  std::string reasoning;
  std::vector<ToolCall> tool_calls;
  FinishReason finish_reason = FinishReason::kEndOfText;
  std::string stop_string;  // Empty unless one came.
  int64_t prompt_tokens = 0;
  int64_t cached_prompt_tokens = 0;
  int64_t completion_tokens = 0;
  int64_t draft_tokens = 0;  // Proposed; of them came true:
  int64_t accepted_draft_tokens = 0;
  absl::Duration prefill_time;
  absl::Duration decode_time;
  // Stamped by the daemon, since the request arrived.
  absl::Duration queue_time;
  absl::Duration time_to_first_token;
  // Of the loaded model; stamped by the daemon.
  Bytes predicted;
  Bytes measured;
};

using GenerationEvent = std::variant<Queued, LoadProgress, PromptProgress,
                                     Token, Reasoning, ToolCall, Completion>;

}  // namespace hwledger
