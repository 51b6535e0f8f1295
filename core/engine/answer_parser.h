#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/engine/answer_part.h"
#include "core/engine/channeled_answer.h"
#include "core/engine/marked_answer.h"
#include "core/engine/output_format.h"

namespace hwledger {

// Takes apart what a model says as an answer to a chat. Where the pieces of the
// text begin and end makes no difference; what may yet become a mark is held
// back. A call that is none after all (not JSON, no such tool) is text.
class AnswerParser {
 public:
  // `tools`: what may be called; none: calls are text.
  AnswerParser(const OutputFormat& format, std::vector<ChatTool> tools);

  // Takes the next piece and adds what has become certain. The ids of calls are
  // empty.
  void Add(std::string_view piece, std::vector<AnswerPart>& parts);
  // No more text comes: nothing is held back any longer.
  void End(std::vector<AnswerPart>& parts);

 private:
  std::variant<MarkedAnswer, ChanneledAnswer> answer_;
};

}  // namespace hwledger
