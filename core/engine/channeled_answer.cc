#include "core/engine/channeled_answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "core/engine/call_text.h"
#include "core/engine/mark_search.h"

namespace hwledger {
namespace {

constexpr std::string_view kMessage = "<|message|>";
constexpr std::string_view kChannel = "<|channel|>";
constexpr std::string_view kStart = "<|start|>";

// What ends a body, the usual mark first. The others begin a header: a model
// may leave the usual one out.
absl::Span<const std::string> BodyEnds() {
  static const std::string ends[] = {"<|end|>", std::string(kStart),
                                     std::string(kChannel)};
  return ends;
}

// A role, a channel, a recipient and a type.
constexpr size_t kHeaderBytesMax = 512;

// Whether `text` is, or may become, the begin of a header.
bool IsHeader(std::string_view text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  for (const std::string_view begin :
       {kChannel, kStart, kMessage, std::string_view("to=")}) {
    const size_t length = std::min(begin.size(), text.size());
    if (text.substr(0, length) == begin.substr(0, length)) return true;
  }
  return false;
}

// The word that follows `mark`; empty where there is no such mark.
std::string_view WordAfter(std::string_view header, std::string_view mark) {
  const size_t found = header.find(mark);
  if (found == std::string_view::npos) return "";
  header.remove_prefix(found + mark.size());
  return header.substr(0, header.find_first_of(" \t\r\n<"));
}

}  // namespace

ChanneledAnswer::ChanneledAnswer(std::vector<ChatTool> tools)
    : tools_(std::move(tools)) {}

void ChanneledAnswer::Add(std::string_view piece, Parts& parts) {
  pending_ += piece;
  while (Step(More::kMayCome, parts)) {
  }
}

void ChanneledAnswer::End(Parts& parts) {
  while (Step(More::kNever, parts)) {
  }
  if (state_ == State::kCall) EndBody(parts);
}

bool ChanneledAnswer::Step(More more, Parts& parts) {
  return state_ == State::kHeader ? StepHeader(more, parts)
                                  : StepBody(more, parts);
}

bool ChanneledAnswer::StepHeader(More more, Parts& parts) {
  const auto head = std::string_view(pending_).substr(0, kHeaderBytesMax);
  const size_t end = head.find(kMessage);
  if (IsHeader(head) && end != std::string_view::npos) {
    ReadHeader(head.substr(0, end));
    pending_.erase(0, end + kMessage.size());
    return true;
  }
  if (more == More::kMayCome && IsHeader(head) &&
      head.size() < kHeaderBytesMax) {
    return false;
  }
  if (pending_.empty()) return false;
  // It does not speak in channels after all. Its first byte must not be taken
  // for the begin of a header again.
  state_ = State::kAnswer;
  Say(pending_.substr(0, 1), parts);
  pending_.erase(0, 1);
  return true;
}

void ChanneledAnswer::ReadHeader(std::string_view header) {
  std::string_view recipient = WordAfter(header, "to=");
  if (!tools_.empty() && absl::ConsumePrefix(&recipient, "functions.")) {
    state_ = State::kCall;
    call_name_ = recipient;
    call_json_.clear();
  } else {
    state_ = WordAfter(header, kChannel) == "analysis" ? State::kReasoning
                                                       : State::kAnswer;
  }
}

bool ChanneledAnswer::StepBody(More more, Parts& parts) {
  const FoundMark mark = FindMark(pending_, BodyEnds());
  if (mark.found()) {
    Say(std::string_view(pending_).substr(0, mark.position), parts);
    EndBody(parts);
    const bool is_usual = mark.index == 0;
    pending_.erase(
        0, mark.position + (is_usual ? BodyEnds()[mark.index].size() : 0));
    state_ = State::kHeader;
    return true;
  }
  size_t certain = pending_.size();
  if (more == More::kMayCome) certain -= HalfMark(pending_, BodyEnds());
  Say(std::string_view(pending_).substr(0, certain), parts);
  pending_.erase(0, certain);
  return false;
}

void ChanneledAnswer::Say(std::string_view text, Parts& parts) {
  switch (state_) {
    case State::kCall:
      call_json_ += text;
      break;
    case State::kReasoning:
      AppendText<ReasoningText>(text, parts);
      break;
    case State::kHeader:
    case State::kAnswer:
      AppendText<AnswerText>(text, parts);
      break;
  }
}

void ChanneledAnswer::EndBody(Parts& parts) {
  if (state_ != State::kCall) return;
  state_ = State::kAnswer;
  if (auto call = CallFromArguments(call_name_, call_json_, tools_)) {
    parts.emplace_back(*std::move(call));
  } else {
    AppendText<AnswerText>(call_json_, parts);
  }
}

}  // namespace hwledger
