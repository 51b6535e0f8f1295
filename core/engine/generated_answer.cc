#include "core/engine/generated_answer.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

namespace hwledger {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Some templates accept nothing but nine letters and digits (Mistral).
std::string NewCallId() {
  std::random_device random;
  std::uniform_int_distribution<size_t> digit(0, kDigits.size() - 1);
  std::string id(9, '0');
  for (char& c : id) c = kDigits[digit(random)];
  return id;
}

std::optional<AnswerParser> ParserFor(
    const Generation& generation, const std::optional<OutputFormat>& format) {
  const auto* chat = std::get_if<Chat>(&generation.input);
  if (chat == nullptr || !format) return std::nullopt;
  return AnswerParser(*format,
                      chat->may_call() ? chat->tools : std::vector<ChatTool>());
}

}  // namespace

GeneratedAnswer::GeneratedAnswer(const Generation& generation,
                                 const std::optional<OutputFormat>& format)
    : text_(generation.stop_strings), parser_(ParserFor(generation, format)) {}

void GeneratedAnswer::Add(std::string_view bytes, bool is_mark) {
  text_.Add(is_mark && !parser_ ? "" : bytes);
}

void GeneratedAnswer::End() {
  text_.End();
  if (!parser_) return;
  Parse();
  parser_->End(untaken_);
}

void GeneratedAnswer::Parse() {
  if (std::optional<Token> token = text_.Take()) {
    untaken_tokens_ += token->token_count;
    std::ranges::move(token->logprobs, std::back_inserter(untaken_logprobs_));
    parser_->Add(token->text, untaken_);
  }
}

std::vector<GeneratedAnswer::Event> GeneratedAnswer::Take() {
  std::vector<Event> events;
  if (!parser_) {
    if (std::optional<Token> token = text_.Take()) {
      events.emplace_back(*std::move(token));
    }
    return events;
  }
  Parse();
  for (AnswerPart& part : std::exchange(untaken_, {})) {
    const int64_t token_count =
        std::max<int64_t>(std::exchange(untaken_tokens_, 0), 1);
    if (auto* text = std::get_if<AnswerText>(&part)) {
      answer_ += text->text;
      events.emplace_back(Token{std::move(text->text), token_count,
                                std::exchange(untaken_logprobs_, {})});
    } else if (auto* thought = std::get_if<ReasoningText>(&part)) {
      reasoning_ += thought->text;
      events.emplace_back(Reasoning{std::move(thought->text), token_count});
    } else {
      ToolCall call = std::get<ToolCall>(std::move(part));
      call.id = NewCallId();
      tool_calls_.push_back(call);
      events.emplace_back(std::move(call));
    }
  }
  if (!events.empty()) untaken_logprobs_.clear();
  return events;
}

const std::string& GeneratedAnswer::full_text() const {
  return parser_ ? answer_ : text_.full_text();
}

}  // namespace hwledger
