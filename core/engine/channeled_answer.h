#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/engine/answer_part.h"

namespace hwledger {

// AnswerParser for models that speak in channels, as gpt-oss does: each message
// is a header, "<|message|>", and a body. What they think is for the channel
// "analysis"; a call has a recipient, "to=functions.NAME".
class ChanneledAnswer {
 public:
  // The prompt ends where the first header begins.
  explicit ChanneledAnswer(std::vector<ChatTool> tools);

  void Add(std::string_view piece, std::vector<AnswerPart>& parts);
  void End(std::vector<AnswerPart>& parts);

 private:
  enum class State { kHeader, kAnswer, kReasoning, kCall };
  enum class More { kMayCome, kNever };
  using Parts = std::vector<AnswerPart>;

  // Each takes what it can of pending_; false: it needs more text.
  bool Step(More more, Parts& parts);
  bool StepHeader(More more, Parts& parts);
  bool StepBody(More more, Parts& parts);

  void ReadHeader(std::string_view header);
  void Say(std::string_view text, Parts& parts);
  void EndBody(Parts& parts);

  const std::vector<ChatTool> tools_;
  State state_ = State::kHeader;
  std::string pending_;
  std::string call_name_;
  std::string call_json_;
};

}  // namespace hwledger
