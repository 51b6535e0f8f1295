#include "core/engine/marked_answer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/engine/call_text.h"
#include "core/engine/mark_search.h"

namespace hwledger {
namespace {

// The name of a tool and what stands around it.
constexpr size_t kCallHeadBytesMax = 512;

size_t LeadingSpace(std::string_view text) {
  return text.size() - absl::StripLeadingAsciiWhitespace(text).size();
}

// Whether more text may make `text` begin with `mark`.
bool MayBecome(std::string_view text, std::string_view mark) {
  return text.size() < mark.size() && absl::StartsWith(mark, text);
}

// Of "NAME", "NAME[CALL_ID]ID", or, where `name` says only that it is a
// function, "NAME\n```json\n" after it.
std::string_view NameIn(std::string_view name, std::string_view head) {
  absl::ConsumeSuffix(&head, "\n");
  absl::ConsumeSuffix(&head, "```json");
  head = absl::StripAsciiWhitespace(head);
  if (head.empty()) head = name.substr(0, name.find("[CALL_ID]"));
  return absl::StripAsciiWhitespace(head);
}

}  // namespace

MarkedAnswer::MarkedAnswer(const OutputFormat& format,
                           std::vector<ChatTool> tools)
    : format_(format), tools_(std::move(tools)) {
  if (format_.begins_with_reasoning) {
    state_ = State::kReasoning;
    drops_space_ = true;
  }
  if (tools_.empty()) return;
  for (size_t i = 0; i < format_.calls.size(); ++i) {
    if (format_.calls[i].begin.empty()) continue;
    call_begins_.push_back(format_.calls[i].begin);
    call_syntaxes_.push_back(i);
  }
}

void MarkedAnswer::Add(std::string_view piece, Parts& parts) {
  pending_ += piece;
  while (Step(More::kMayCome, parts)) {
  }
}

void MarkedAnswer::End(Parts& parts) {
  while (Step(More::kNever, parts)) {
  }
}

bool MarkedAnswer::Step(More more, Parts& parts) {
  if (std::exchange(drops_space_, false)) {
    pending_.erase(0, LeadingSpace(pending_));
    drops_space_ = pending_.empty();
  }
  switch (state_) {
    case State::kText:
      return at_start_ ? StepStart(more, parts) : StepText(more, parts);
    case State::kReasoning:
      return StepReasoning(more, parts);
    case State::kCallBegin:
      return StepCallBegin(more, parts);
    case State::kCallBody:
      return StepCallBody(more, parts);
    case State::kCallFence:  // Around its JSON.
      if (!StepOver("```", more)) return false;
      state_ = State::kCallEnd;
      return true;
    case State::kCallEnd: {
      const CallSyntax& syntax = format_.calls[syntax_];
      const bool is_bare = syntax.begin.empty();
      if (!StepOver(is_bare ? ";" : syntax.end, more)) return false;
      state_ = State::kText;
      at_start_ = is_bare;  // Another call may follow.
      drops_space_ = true;
      return true;
    }
  }
  return false;
}

bool MarkedAnswer::StepStart(More more, Parts& parts) {
  const size_t space = LeadingSpace(pending_);
  const auto said = std::string_view(pending_).substr(space);
  const std::string& begin = format_.reasoning_begin;
  if (said.empty()) {
    if (more == More::kNever) Say(Take(pending_.size()), parts);
    return false;
  }
  if (!begin.empty() && absl::StartsWith(said, begin)) {
    Take(space + begin.size());
    state_ = State::kReasoning;
    drops_space_ = true;
    return true;
  }
  if (!begin.empty() && more == More::kMayCome && MayBecome(said, begin)) {
    return false;
  }
  const auto bare = absl::c_find_if(
      format_.calls, [](const CallSyntax& call) { return call.begin.empty(); });
  at_start_ = false;
  if (bare != format_.calls.end() && !tools_.empty() && said[0] == '{') {
    BeginCall(static_cast<size_t>(bare - format_.calls.begin()),
              /*mark_bytes=*/space);
  }
  return true;
}

bool MarkedAnswer::StepText(More more, Parts& parts) {
  const FoundMark mark = FindMark(pending_, call_begins_);
  if (mark.found()) {
    const size_t text = WithoutTrailingSpace(
        std::string_view(pending_).substr(0, mark.position));
    const size_t mark_end = mark.position + call_begins_[mark.index].size();
    Say(Take(text), parts);
    BeginCall(call_syntaxes_[mark.index], mark_end - text);
    return true;
  }
  size_t certain = pending_.size();
  if (more == More::kMayCome && !call_begins_.empty()) {
    certain -= HalfMark(pending_, call_begins_);
    // Space before a call is no part of what is said.
    certain =
        WithoutTrailingSpace(std::string_view(pending_).substr(0, certain));
  }
  Say(Take(certain), parts);
  return false;
}

bool MarkedAnswer::StepReasoning(More more, Parts& parts) {
  const auto marks = absl::MakeConstSpan(&format_.reasoning_end, 1);
  const FoundMark mark = FindMark(pending_, marks);
  const auto before = std::string_view(pending_).substr(0, mark.position);
  if (mark.found()) {
    AppendText<ReasoningText>(before.substr(0, WithoutTrailingSpace(before)),
                              parts);
    Take(mark.position + format_.reasoning_end.size());
    state_ = State::kText;
    at_start_ = true;
    drops_space_ = true;
    return true;
  }
  size_t certain = pending_.size();
  if (more == More::kMayCome) {
    certain -= HalfMark(pending_, marks);
    certain =
        WithoutTrailingSpace(std::string_view(pending_).substr(0, certain));
  }
  AppendText<ReasoningText>(Take(certain), parts);
  return false;
}

void MarkedAnswer::BeginCall(size_t syntax, size_t mark_bytes) {
  syntax_ = syntax;
  call_mark_ = Take(mark_bytes);
  call_name_.clear();
  call_head_.clear();
  call_json_.clear();
  extent_ = {};
  state_ = State::kCallBegin;
}

// Up to the JSON, and the name before it where there is one.
bool MarkedAnswer::StepCallBegin(More more, Parts& parts) {
  const CallSyntax& syntax = format_.calls[syntax_];
  const size_t json = pending_.find_first_of("{[");
  const bool begins_with_json =
      json != std::string::npos && LeadingSpace(pending_) == json;
  if (syntax.body == CallSyntax::Body::kJson || begins_with_json) {
    if (begins_with_json) {
      call_head_ = Take(json);
      state_ = State::kCallBody;
      return true;
    }
    const bool is_space = LeadingSpace(pending_) == pending_.size();
    if (is_space && more == More::kMayCome) return false;
    GiveCallUp(parts);
    return true;
  }
  const auto head = std::string_view(pending_).substr(0, kCallHeadBytesMax);
  const size_t separator = head.find(syntax.separator);
  const size_t separator_end = separator + syntax.separator.size();
  const size_t arguments = separator == std::string_view::npos
                               ? std::string_view::npos
                               : head.find('{', separator_end);
  if (arguments != std::string_view::npos) {
    call_name_ = NameIn(head.substr(0, separator),
                        head.substr(separator_end, arguments - separator_end));
    call_head_ = Take(arguments);
    state_ = State::kCallBody;
    return true;
  }
  if (more == More::kMayCome && pending_.size() < kCallHeadBytesMax) {
    return false;
  }
  GiveCallUp(parts);
  return true;
}

bool MarkedAnswer::StepCallBody(More more, Parts& parts) {
  const size_t end = extent_.Add(pending_);
  call_json_ += Take(std::min(end, pending_.size()));
  if (end != std::string_view::npos) {
    FinishCall(parts);
    return true;
  }
  if (more == More::kMayCome) return false;
  GiveCallUp(parts);
  return true;
}

void MarkedAnswer::FinishCall(Parts& parts) {
  if (call_name_.empty()) {
    auto calls = CallsFromJson(call_json_, tools_);
    if (!calls) return GiveCallUp(parts);
    for (ToolCall& call : *calls) parts.emplace_back(std::move(call));
  } else {
    auto call = CallFromArguments(call_name_, call_json_, tools_);
    if (!call) return GiveCallUp(parts);
    parts.emplace_back(*std::move(call));
  }
  state_ = State::kCallFence;
}

bool MarkedAnswer::StepOver(std::string_view mark, More more) {
  pending_.erase(0, LeadingSpace(pending_));
  if (more == More::kMayCome && MayBecome(pending_, mark)) return false;
  if (absl::StartsWith(pending_, mark)) Take(mark.size());
  return true;
}

void MarkedAnswer::GiveCallUp(Parts& parts) {
  pending_ = call_head_ + call_json_ + pending_;
  state_ = State::kText;
  at_start_ = false;
  if (call_mark_.empty()) {
    // Its first byte, or it would be taken for a call again.
    call_mark_ = Take(1);
  }
  Say(std::exchange(call_mark_, {}), parts);
}

void MarkedAnswer::Say(std::string_view text, Parts& parts) {
  if (!text.empty()) at_start_ = false;
  AppendText<AnswerText>(text, parts);
}

std::string MarkedAnswer::Take(size_t bytes) {
  std::string taken = pending_.substr(0, bytes);
  pending_.erase(0, bytes);
  return taken;
}

}  // namespace hwledger
