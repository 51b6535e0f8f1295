#include "core/engine/call_grammar.h"

#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/constraint/gbnf.h"

namespace hwledger {
namespace {

// A character class of all but `c`.
std::string AllBut(char c) {
  const bool is_special = c == '[' || c == ']' || c == '\\' || c == '^';
  return absl::StrCat("[^", is_special ? "\\" : "", std::string_view(&c, 1),
                      "]");
}

// Anything up to `end`, and `end`. Two bytes of it tell it from other text: of
// all that is thought this leaves out next to nothing.
std::string UpTo(std::string_view end) {
  return absl::StrCat("(", AllBut(end[0]), " | ", GbnfLiteral(end.substr(0, 1)),
                      " ", AllBut(end[1]), ")* ", GbnfLiteral(end));
}

// What may come before the first call.
std::string Thought(const OutputFormat& format) {
  if (format.has_channels) {
    return absl::StrCat("(", GbnfLiteral("<|channel|>analysis<|message|>"), " ",
                        UpTo("<|end|>"), " ", GbnfLiteral("<|start|>assistant"),
                        ")?");
  }
  if (format.reasoning_end.empty()) return "";
  std::string rest = UpTo(format.reasoning_end) + " space";
  if (format.begins_with_reasoning) return rest;
  return absl::StrCat("(", GbnfLiteral(format.reasoning_begin), " ", rest,
                      ")?");
}

// A call of the tool `name`, whose arguments are the rule `arguments`.
std::string CallOf(const OutputFormat& format, const std::string& name,
                   const std::string& arguments) {
  if (format.has_channels) {
    return absl::StrCat(
        GbnfLiteral(absl::StrCat("<|channel|>commentary to=functions.", name,
                                 " <|constrain|>json<|message|>")),
        " ", arguments);
  }
  const CallSyntax& syntax = format.calls.front();
  const std::string end =
      syntax.end.empty() ? "" : " space " + GbnfLiteral(syntax.end);
  if (syntax.body == CallSyntax::Body::kNameThenJson) {
    return absl::StrCat(GbnfLiteral(syntax.begin + name + syntax.separator),
                        " ", arguments, end);
  }
  return absl::StrFormat(
      "%s space %s %s %s%s", GbnfLiteral(syntax.begin),
      GbnfLiteral(absl::StrFormat("{\"name\": \"%s\", \"%s\": ", name,
                                  syntax.arguments_key)),
      arguments, GbnfLiteral("}"), end);
}

}  // namespace

absl::StatusOr<std::string> GrammarOfCalls(const OutputFormat& format,
                                           const Chat& chat,
                                           SchemaRulesWriter rules) {
  if (format.calls.empty() && !format.has_channels) {
    return absl::FailedPreconditionError(
        "the model's chat template does not say how a tool is called");
  }
  std::vector<std::string> calls;
  std::string all_rules;
  for (size_t i = 0; i < chat.tools.size(); ++i) {
    const ChatTool& tool = chat.tools[i];
    if (!chat.tool_name.empty() && tool.name != chat.tool_name) continue;
    const std::string arguments = absl::StrCat("arguments-", i);
    if (tool.parameters_schema.empty()) {
      absl::StrAppend(&all_rules, arguments, " ::= \"{\" space \"}\"\n");
    } else {
      ABSL_ASSIGN_OR_RETURN(
          const std::string added,
          rules(absl::StrFormat("chat.tools[%d].parameters_schema", i),
                tool.parameters_schema, arguments));
      absl::StrAppend(&all_rules, added, "\n");
    }
    calls.push_back(CallOf(format, tool.name, arguments));
  }
  // One at a time where a message ends with its call.
  const bool is_single =
      format.has_channels || format.calls.front().begin.empty();
  return absl::StrCat("root ::= ", Thought(format), " call",
                      is_single ? "" : " (space call)*",
                      "\ncall ::= ", absl::StrJoin(calls, " | "),
                      "\nspace ::= [ \\n]?\n", all_rules);
}

}  // namespace hwledger
