#include "core/engine/answer_parser.h"

#include <utility>

namespace hwledger {
namespace {

std::variant<MarkedAnswer, ChanneledAnswer> AnswerIn(
    const OutputFormat& format, std::vector<ChatTool> tools) {
  if (format.has_channels) return ChanneledAnswer(std::move(tools));
  return MarkedAnswer(format, std::move(tools));
}

}  // namespace

AnswerParser::AnswerParser(const OutputFormat& format,
                           std::vector<ChatTool> tools)
    : answer_(AnswerIn(format, std::move(tools))) {}

void AnswerParser::Add(std::string_view piece, std::vector<AnswerPart>& parts) {
  std::visit([&](auto& answer) { answer.Add(piece, parts); }, answer_);
}

void AnswerParser::End(std::vector<AnswerPart>& parts) {
  std::visit([&](auto& answer) { answer.End(parts); }, answer_);
}

}  // namespace hwledger
