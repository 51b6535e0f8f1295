#include "core/engine/sequence.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/time/time.h"

namespace hwledger {
namespace {

int64_t TokensMax(const TokenizedStart& start, int64_t sequence_length) {
  const int64_t prompt_tokens = std::ssize(start.prompt);
  const int64_t room = sequence_length - prompt_tokens;
  const auto& asked = start.start.generation.token_count_max;
  return prompt_tokens + std::min(asked.value_or(room), room);
}

}  // namespace

Sequence::Sequence(int64_t generation_id, TokenizedStart start,
                   int64_t sequence_length, int64_t cached_tokens,
                   Clock::time_point now)
    : generation_id_(generation_id),
      prompt_tokens_(std::ssize(start.prompt)),
      adapter_scales_(start.adapter_scales),
      cached_tokens_(cached_tokens),
      tokens_max_(TokensMax(start, sequence_length)),
      credit_tokens_(start.start.credit_tokens),
      tokens_(std::move(start.prompt)),
      computed_tokens_(cached_tokens),
      reported_tokens_(cached_tokens),
      text_(start.start.generation, start.format),
      started_(now) {
  assert(prompt_tokens_ > 0 && prompt_tokens_ < tokens_max_);
  assert(cached_tokens_ < prompt_tokens_);
}

absl::Span<const TokenId> Sequence::computed() const {
  return absl::MakeSpan(tokens_).subspan(0,
                                         static_cast<size_t>(computed_tokens_));
}

std::vector<TokenId> Sequence::TakeComputed() && {
  tokens_.resize(static_cast<size_t>(computed_tokens_));
  return std::move(tokens_);
}

int64_t Sequence::Demand() const {
  const int64_t uncomputed = std::ssize(tokens_) - computed_tokens_;
  return credit_tokens_ > 0 ? uncomputed : uncomputed - 1;
}

int64_t Sequence::DraftRoom() const {
  const int64_t room =
      std::min(credit_tokens_, tokens_max_ - std::ssize(tokens_)) - 1;
  return reads() || Demand() != 1 ? 0 : std::max<int64_t>(room, 0);
}

absl::Span<const TokenId> Sequence::Next(int64_t count) const {
  return absl::MakeSpan(tokens_).subspan(static_cast<size_t>(computed_tokens_),
                                         static_cast<size_t>(count));
}

bool Sequence::Completes(int64_t count) const {
  return computed_tokens_ + count == std::ssize(tokens_);
}

void Sequence::Advance(int64_t count, std::vector<StepEvent>& events) {
  computed_tokens_ += count;
  if (generated_tokens_ > 0) return;
  const int64_t report_tokens =
      (prompt_tokens_ + kPromptProgressMax - 1) / kPromptProgressMax;
  if (computed_tokens_ - reported_tokens_ < report_tokens &&
      computed_tokens_ < prompt_tokens_) {
    return;
  }
  reported_tokens_ = computed_tokens_;
  events.push_back(
      {generation_id_, PromptProgress{.processed_tokens = computed_tokens_,
                                      .total_tokens = prompt_tokens_,
                                      .cached_tokens = cached_tokens_}});
}

bool Sequence::Accept(SampledToken token, Clock::time_point now,
                      std::vector<StepEvent>& events) {
  if (generated_tokens_ == 0) first_token_ = now;
  last_token_ = now;
  std::optional<FinishReason> end;
  if (token.ends_text) {
    end = FinishReason::kEndOfText;
  } else {
    ++generated_tokens_;
    tokens_.push_back(token.id);
    text_.Add(token.bytes, token.is_mark);
    if (token.logprob) text_.AddLogprob(*std::move(token.logprob));
    if (text_.stopped()) {
      end = FinishReason::kStopString;
    } else if (token.completes_text) {
      end = FinishReason::kEndOfText;
    } else if (std::ssize(tokens_) == tokens_max_) {
      end = FinishReason::kLength;
    }
  }
  if (end) text_.End();
  for (GeneratedAnswer::Event& event : text_.Take()) Tell(event, events);
  if (end) Finish(*end, events);
  return end.has_value();
}

void Sequence::Tell(GeneratedAnswer::Event& event,
                    std::vector<StepEvent>& events) {
  std::visit(
      [&](auto& said) {
        using Said = std::decay_t<decltype(said)>;
        if constexpr (!std::is_same_v<Said, ToolCall>) {
          credit_tokens_ -= said.token_count;
        }
        events.push_back({generation_id_, std::move(said)});
      },
      event);
}

void Sequence::Finish(FinishReason reason, std::vector<StepEvent>& events) {
  // The end of the text may have completed a stop string.
  if (text_.stopped()) reason = FinishReason::kStopString;
  if (reason == FinishReason::kEndOfText && !text_.tool_calls().empty()) {
    reason = FinishReason::kToolCalls;
  }
  events.push_back(
      {generation_id_,
       Completion{
           .full_text = text_.full_text(),
           .reasoning = text_.reasoning(),
           .tool_calls = text_.tool_calls(),
           .finish_reason = reason,
           .stop_string = text_.stop_string(),
           .prompt_tokens = prompt_tokens_,
           .cached_prompt_tokens = cached_tokens_,
           .completion_tokens = generated_tokens_,
           .draft_tokens = draft_tokens_,
           .accepted_draft_tokens = accepted_draft_tokens_,
           .prefill_time = absl::FromChrono(first_token_ - started_),
           .decode_time = absl::FromChrono(last_token_ - first_token_)}});
}

}  // namespace hwledger
