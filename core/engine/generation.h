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

namespace hwledger {

// How the next token is chosen. Applied in this order: penalties, top_k,
// typical_p, top_p, min_p, temperature.
struct Sampling {
  double temperature = 0.8;  // 0: always the likeliest.
  int64_t top_k = 40;        // 0: all.
  double top_p = 0.95;
  double min_p = 0.05;
  double typical_p = 1.0;
  double repetition_penalty = 1.0;
  double frequency_penalty = 0.0;
  double presence_penalty = 0.0;
  std::optional<int64_t> seed;  // Absent: a different one each time.

  friend bool operator==(const Sampling&, const Sampling&) = default;
};

// One text to generate.
struct Generation {
  // Text to continue, or a conversation to answer.
  std::variant<std::string, Chat> input;
  Sampling sampling;
  std::optional<int64_t> token_count_max;  // Absent: what the context holds.
  std::vector<std::string> stop_strings;
  // How strongly the adapters are applied that the model was loaded with, and
  // no others. Empty: as loaded. What was computed with other ones is of no
  // use.
  std::vector<AdapterScale> lora_adapters;

  friend bool operator==(const Generation&, const Generation&) = default;
};

// InvalidArgument: a field is out of range; names field and value. Whether the
// prompt fits the context is for the engine to say.
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

struct Token {
  std::string text;  // Whole UTF-8, never empty.
  int64_t token_count = 1;
};

// What the model thinks; no part of its answer.
struct Reasoning {
  std::string text;  // Whole UTF-8, never empty.
  int64_t token_count = 1;
};

struct Completion {
  std::string full_text;
  std::string reasoning;
  std::vector<ToolCall> tool_calls;
  FinishReason finish_reason = FinishReason::kEndOfText;
  std::string stop_string;  // Empty unless one came.
  int64_t prompt_tokens = 0;
  int64_t cached_prompt_tokens = 0;
  int64_t completion_tokens = 0;
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
