#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hwledger {

// How a model marks a call of a tool.
struct CallSyntax {
  enum class Body {
    // {"name": …, "arguments": {…}}, or a list of those.
    kJson,
    // The name, `separator`, then the arguments as JSON.
    kNameThenJson,
  };

  std::string begin;  // Empty: the answer is the call, from its first "{".
  std::string end;    // May be left out.
  Body body = Body::kJson;
  std::string separator;
  // Of kJson, as the model was taught; what it says may differ.
  std::string arguments_key = "arguments";

  friend bool operator==(const CallSyntax&, const CallSyntax&) = default;
};

// How a model marks what is not part of its answer. By default: not at all.
struct OutputFormat {
  // Empty: it does not mark what it thinks.
  std::string reasoning_begin;
  std::string reasoning_end;
  // The prompt ends with reasoning_begin.
  bool begins_with_reasoning = false;
  // What it calls; the first syntax is the one that its template writes.
  std::vector<CallSyntax> calls;
  // It speaks in channels, as gpt-oss does ("harmony"): each message has a
  // header that says whom it is for.
  bool has_channels = false;

  // Marks that may be control tokens, of which a text usually has nothing.
  std::vector<std::string> Marks() const;

  friend bool operator==(const OutputFormat&, const OutputFormat&) = default;
};

// As the source of a chat template tells.
OutputFormat FormatOfTemplate(std::string_view source);

// The format of an answer to `prompt`, which the template wrote.
OutputFormat FormatAfter(OutputFormat format, std::string_view prompt);

}  // namespace hwledger
