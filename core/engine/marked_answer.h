#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/engine/answer_part.h"
#include "core/engine/json_extent.h"
#include "core/engine/output_format.h"

namespace hwledger {

// AnswerParser for models that put marks around what they think and call.
class MarkedAnswer {
 public:
  MarkedAnswer(const OutputFormat& format, std::vector<ChatTool> tools);

  void Add(std::string_view piece, std::vector<AnswerPart>& parts);
  void End(std::vector<AnswerPart>& parts);

 private:
  enum class State {
    kText,
    kReasoning,
    kCallBegin,
    kCallBody,
    kCallFence,
    kCallEnd,
  };
  enum class More { kMayCome, kNever };
  using Parts = std::vector<AnswerPart>;

  // Each takes what it can of pending_; false: it needs more text.
  bool Step(More more, Parts& parts);
  bool StepStart(More more, Parts& parts);
  bool StepText(More more, Parts& parts);
  bool StepReasoning(More more, Parts& parts);
  bool StepCallBegin(More more, Parts& parts);
  bool StepCallBody(More more, Parts& parts);
  // Passes `mark` over where it comes next, and space before it.
  bool StepOver(std::string_view mark, More more);

  void BeginCall(size_t syntax, size_t mark_bytes);
  void FinishCall(Parts& parts);
  // It was no call: what came of it is text, and may hold another one.
  void GiveCallUp(Parts& parts);
  void Say(std::string_view text, Parts& parts);
  std::string Take(size_t bytes);

  const OutputFormat format_;
  const std::vector<ChatTool> tools_;
  std::vector<std::string> call_begins_;  // Those that are not empty.
  std::vector<size_t> call_syntaxes_;     // Of call_begins_, in format_.calls.

  State state_ = State::kText;
  std::string pending_;
  // Nothing of the answer has been said yet: it may begin with marks that mean
  // nothing later.
  bool at_start_ = true;
  bool drops_space_ = false;  // That comes next.

  // Of the call that is being read.
  size_t syntax_ = 0;
  std::string call_mark_;  // Space before it included.
  std::string call_name_;
  std::string call_head_;  // What of it is neither mark nor JSON.
  std::string call_json_;
  JsonExtent extent_;
};

}  // namespace hwledger
