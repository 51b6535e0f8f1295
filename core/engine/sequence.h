#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/engine/command_queue.h"
#include "core/engine/generated_answer.h"
#include "core/engine/link.h"

namespace hwledger {

// What the model said next.
struct SampledToken {
  TokenId id = 0;
  std::string_view bytes;  // May be a part of a character, or empty.
  bool ends_text = false;
  // A control token that may be a mark in the answer to a chat.
  bool is_mark = false;
  bool completes_text = false;          // Nothing may follow it.
  std::optional<TokenLogprob> logprob;  // Where it was asked.
};

// One generation that has a slot: how far it is, what it could compute next,
// and what it has to tell.
class Sequence {
 public:
  using Clock = std::chrono::steady_clock;

  // `start.prompt` is shorter than `sequence_length` and not empty; of it,
  // `cached_tokens` need not be computed.
  Sequence(int64_t generation_id, TokenizedStart start, int64_t sequence_length,
           int64_t cached_tokens, Clock::time_point now);

  int64_t generation_id() const { return generation_id_; }
  // Tokens of it that the model has taken in.
  int64_t computed_tokens() const { return computed_tokens_; }
  absl::Span<const TokenId> computed() const;
  // And those that are not computed.
  absl::Span<const TokenId> tokens() const { return tokens_; }
  std::vector<TokenId> TakeComputed() &&;
  // Of the adapters that it is computed with.
  const std::vector<float>& adapter_scales() const { return adapter_scales_; }
  // Tokens that could be computed now: one while it generates, the rest of its
  // prompt before. What would make new text waits for credit.
  int64_t Demand() const;
  // Whether that is of its prompt.
  bool reads() const { return computed_tokens_ < prompt_tokens_; }
  // The next `count` tokens to compute.
  absl::Span<const TokenId> Next(int64_t count) const;
  // How many tokens may be guessed beyond the one that it goes on with: each
  // could come true and be sent.
  int64_t DraftRoom() const;
  // So many were guessed, and so many of them have come true.
  void CountDrafts(int64_t proposed, int64_t accepted) {
    draft_tokens_ += proposed;
    accepted_draft_tokens_ += accepted;
  }
  // Whether a new token follows once `count` more are computed.
  bool Completes(int64_t count) const;

  void Grant(int64_t credit_tokens) { credit_tokens_ += credit_tokens; }
  // `count` tokens have been computed.
  void Advance(int64_t count, std::vector<StepEvent>& events);
  // Takes the token that follows all that is computed. True: it was the last,
  // and the completion is among the events.
  bool Accept(SampledToken token, Clock::time_point now,
              std::vector<StepEvent>& events);

 private:
  void Tell(GeneratedAnswer::Event& event, std::vector<StepEvent>& events);
  void Finish(FinishReason reason, std::vector<StepEvent>& events);

  const int64_t generation_id_;
  const int64_t prompt_tokens_;
  const std::vector<float> adapter_scales_;
  const int64_t cached_tokens_;  // Of the prompt.
  const int64_t tokens_max_;     // Prompt and answer together.
  int64_t credit_tokens_;
  std::vector<TokenId> tokens_;  // The prompt, and what was generated.
  int64_t computed_tokens_;      // Of tokens_.
  int64_t reported_tokens_;      // Of the prompt.
  int64_t generated_tokens_ = 0;
  int64_t draft_tokens_ = 0;
  int64_t accepted_draft_tokens_ = 0;
  GeneratedAnswer text_;
  const Clock::time_point started_;
  Clock::time_point first_token_;
  Clock::time_point last_token_;
};

}  // namespace hwledger
