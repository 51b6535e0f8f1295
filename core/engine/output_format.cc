#include "core/engine/output_format.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

struct ReasoningMarks {
  std::string_view begin;
  std::string_view end;
};

constexpr ReasoningMarks kReasoning[] = {
    {"<think>", "</think>"},  // DeepSeek R1, Qwen 3, and most since
    {"[THINK]", "[/THINK]"},  // Magistral
    {"<|START_THINKING|>", "<|END_THINKING|>"},  // Command R
    {"<seed:think>", "</seed:think>"},           // Seed-OSS
    {"<reasoning>", "</reasoning>"},
};

using Body = CallSyntax::Body;

struct KnownCall {
  // What in a template tells the syntax.
  std::string_view sign;
  std::string_view begin;
  std::string_view end;
  Body body;
  std::string_view separator;
};

// The first that a template has a sign of. Those with rarer signs come first.
constexpr KnownCall kCalls[] = {
    // DeepSeek V3.1 names the function first, R1 and V3 its type.
    {"<｜tool▁call▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>",
     Body::kNameThenJson, "<｜tool▁sep｜>"},
    // Mistral since Small 3.2, and before.
    {"[ARGS]", "[TOOL_CALLS]", "", Body::kNameThenJson, "[ARGS]"},
    {"[TOOL_CALLS]", "[TOOL_CALLS]", "", Body::kJson, ""},
    {"<TOOLCALL>", "<TOOLCALL>", "</TOOLCALL>", Body::kJson, ""},  // Nemotron
    {"<|START_ACTION|>", "<|START_ACTION|>", "<|END_ACTION|>", Body::kJson,
     ""},  // Command R
    {"<|tool_call|>", "<|tool_call|>", "<|/tool_call|>", Body::kJson,
     ""},  // Granite, Phi-4-mini
    {"<tool_call>", "<tool_call>", "</tool_call>", Body::kJson,
     ""},  // Hermes, Qwen
    {"<function=", "<function=", "</function>", Body::kNameThenJson,
     ">"},  // Functionary 3.1
    {"<|python_tag|>", "<|python_tag|>", "", Body::kJson, ""},  // Llama 3
    {"ipython", "", "", Body::kJson, ""},                       // Llama 3
};

}  // namespace

std::vector<std::string> OutputFormat::Marks() const {
  std::vector<std::string> marks;
  const auto add = [&](const std::string& mark) {
    if (!mark.empty()) marks.push_back(mark);
  };
  add(reasoning_begin);
  add(reasoning_end);
  for (const CallSyntax& call : calls) {
    add(call.begin);
    add(call.end);
    add(call.separator);
  }
  if (has_channels) {
    for (const char* mark : {"<|start|>", "<|channel|>", "<|constrain|>",
                             "<|message|>", "<|end|>"}) {
      add(mark);
    }
  }
  return marks;
}

OutputFormat FormatOfTemplate(std::string_view source) {
  OutputFormat format;
  if (absl::StrContains(source, "<|channel|>") &&
      absl::StrContains(source, "<|message|>")) {
    format.has_channels = true;
    return format;
  }
  for (const ReasoningMarks& marks : kReasoning) {
    if (!absl::StrContains(source, marks.end)) continue;
    format.reasoning_begin = marks.begin;
    format.reasoning_end = marks.end;
    break;
  }
  for (const KnownCall& known : kCalls) {
    if (!absl::StrContains(source, known.sign)) continue;
    format.calls.push_back({.begin = std::string(known.begin),
                            .end = std::string(known.end),
                            .body = known.body,
                            .separator = std::string(known.separator)});
    const bool is_llama =
        known.begin.empty() || known.begin == "<|python_tag|>";
    if (is_llama) format.calls.back().arguments_key = "parameters";
    // Llama 3 marks a call or does not, as it likes.
    if (known.begin == "<|python_tag|>") format.calls.push_back({});
    break;
  }
  return format;
}

OutputFormat FormatAfter(OutputFormat format, std::string_view prompt) {
  if (!format.reasoning_begin.empty()) {
    format.begins_with_reasoning = absl::EndsWith(
        absl::StripTrailingAsciiWhitespace(prompt), format.reasoning_begin);
  }
  return format;
}

}  // namespace hwledger
