#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/engine/answer_parser.h"
#include "core/engine/generated_text.h"
#include "core/engine/generation.h"
#include "core/engine/output_format.h"

namespace hwledger {

// What one generation says: its text and, where that answers a chat, what it
// thinks and calls.
class GeneratedAnswer {
 public:
  using Event = std::variant<Token, Reasoning, ToolCall>;

  // `format`: how the answer to a chat is marked; absent: it is taken as it is.
  GeneratedAnswer(const Generation& generation,
                  const std::optional<OutputFormat>& format);

  // Takes the bytes of one more token; those of a mark count only where marks
  // mean something. Not after it stopped.
  void Add(std::string_view bytes, bool is_mark);
  // Takes how likely that token was, to be sent with the next text of the
  // answer. That of what it only thinks or calls is not sent.
  void AddLogprob(TokenLogprob logprob) {
    text_.AddLogprob(std::move(logprob));
  }
  // No more tokens come: nothing is held back any longer.
  void End();

  // What may be sent and was not yet.
  std::vector<Event> Take();

  bool stopped() const { return text_.stopped(); }
  const std::string& stop_string() const { return text_.stop_string(); }
  // All that Take has given or will, once it has ended.
  const std::string& full_text() const;
  const std::string& reasoning() const { return reasoning_; }
  const std::vector<ToolCall>& tool_calls() const { return tool_calls_; }

 private:
  // Parses what text_ has to give.
  void Parse();

  GeneratedText text_;
  std::optional<AnswerParser> parser_;
  std::vector<AnswerPart> untaken_;
  int64_t untaken_tokens_ = 0;  // That parser_ has got.
  std::vector<TokenLogprob> untaken_logprobs_;
  std::string answer_;  // Of what was parsed and taken.
  std::string reasoning_;
  std::vector<ToolCall> tool_calls_;
};

}  // namespace hwledger
