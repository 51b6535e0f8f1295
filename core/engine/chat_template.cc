#include "core/engine/chat_template.h"

#include <exception>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/engine/template_input.h"
#include "core/utf8.h"
#include "minja/minja.hpp"

namespace hwledger {
namespace {

using Json = nlohmann::ordered_json;

// The first line says what is wrong; the others quote the template.
std::string FirstLine(std::string_view text) {
  return WithValidUtf8(text.substr(0, text.find('\n')));
}

std::vector<ChatMessage> WithSystemSaidByUser(
    absl::Span<const ChatMessage> messages) {
  std::vector<ChatMessage> result;
  std::string pending;
  for (const ChatMessage& message : messages) {
    if (message.role == "system") {
      absl::StrAppend(&pending, message.content, "\n");
    } else if (message.role == "user") {
      result.push_back(message);
      result.back().content.insert(0, pending);
      pending.clear();
    } else {
      result.push_back(message);
    }
  }
  if (!pending.empty()) result.push_back({"user", pending});
  return result;
}

// What templates call for the day's date.
minja::Value TimeFunction() {
  return minja::Value::callable([](const std::shared_ptr<minja::Context>&,
                                   minja::ArgumentsValue& args) {
    args.expectArgs("strftime_now", {1, 1}, {0, 0});
    return minja::Value(absl::FormatTime(args.args[0].get<std::string>(),
                                         absl::Now(), absl::LocalTimeZone()));
  });
}

// What Probe asks a template to write.
constexpr char kProbe[] = "<probe>";

ToolCall ProbeCall() {
  return {.id = "callprobe",
          .name = "probe",
          .arguments_json = R"({"x":"<probe>"})"};
}

absl::Status NoPlace(std::string_view what) {
  return absl::FailedPreconditionError(
      absl::StrCat("the model's chat template has no place for ", what));
}

}  // namespace

struct ChatTemplate::Parsed {
  std::string source;
  std::shared_ptr<minja::TemplateNode> root;
  SpecialTokens tokens;
  ControlMarks marks;
  TemplateForm form;
  bool has_system = true;
  bool has_tools = true;
  bool has_calls = true;
  bool has_tool_messages = true;

  absl::StatusOr<std::string> Render(const Chat& chat) const {
    const auto say = [this](std::string_view said) { return marks.Mark(said); };
    try {
      const auto context = minja::Context::make(
          Json{{"messages", MessagesForTemplate(chat.messages, form, say)},
               {"tools", ToolsForTemplate(chat.tools, say)},
               {"documents", nullptr},
               {"add_generation_prompt", true},
               {"bos_token", tokens.begin_of_text},
               {"eos_token", tokens.end_of_text}});
      context->set("strftime_now", TimeFunction());
      if (chat.thinking) SetThinking(*chat.thinking, *context);
      return root->render(context);
    } catch (const std::exception& error) {
      return absl::InvalidArgumentError(
          absl::StrCat("the model's chat template refuses the conversation: ",
                       FirstLine(error.what())));
    }
  }

  // Families of models have no one name for it: Qwen, GLM, SmolLM and Hunyuan;
  // Granite and DeepSeek; Seed.
  static void SetThinking(bool thinking, minja::Context& context) {
    context.set("enable_thinking", thinking);
    context.set("thinking", thinking);
    if (!thinking) context.set("thinking_budget", minja::Value(int64_t{0}));
  }

  // Whether the template writes `said` down.
  bool Writes(const Chat& chat, std::string_view said) const {
    const absl::StatusOr<std::string> text = Render(chat);
    return text.ok() && absl::StrContains(*text, said);
  }

  // Finds out by trying: nothing else tells what a template supports.
  void Probe() {
    const ChatMessage user = {"user", kProbe};
    const ChatMessage asks = {.role = "user", .content = "Hi"};
    if (!Writes({.messages = {user}}, kProbe)) {
      form.content_in_parts = true;
      form.content_in_parts = Writes({.messages = {user}}, kProbe);
    }
    has_system = Writes({.messages = {{"system", kProbe}, asks}}, kProbe);
    has_tools =
        Writes({.messages = {asks}, .tools = {{.name = "probe"}}}, "probe");
    const ChatMessage calls = {.role = "assistant",
                               .tool_calls = {ProbeCall()}};
    const Chat called = {.messages = {asks, calls}};
    // Some templates expect a text and write an object as Python does.
    if (!Writes(called, kProbe) || Writes(called, "'x'")) {
      form.arguments_as_text = true;
    }
    has_calls = Writes(called, kProbe);
    const ChatMessage answers = {
        .role = "tool", .content = kProbe, .tool_call_id = ProbeCall().id};
    has_tool_messages = Writes({.messages = {asks, calls, answers}}, kProbe);
  }

  absl::Status Check(const Chat& chat) const {
    if (!chat.tools.empty() && !has_tools) return NoPlace("tools");
    for (const ChatMessage& message : chat.messages) {
      if (!message.tool_calls.empty() && !has_calls) {
        return NoPlace("calls of tools");
      }
      if (message.role == "tool" && !has_tool_messages) {
        return NoPlace("what tools answer");
      }
    }
    return absl::OkStatus();
  }
};

absl::StatusOr<ChatTemplate> ChatTemplate::Parse(const std::string& source,
                                                 SpecialTokens tokens) {
  ControlMarks marks(tokens.controls);
  std::shared_ptr<Parsed> parsed(new Parsed{.source = source,
                                            .tokens = std::move(tokens),
                                            .marks = std::move(marks)});
  try {
    parsed->root = minja::Parser::parse(
        source, {.trim_blocks = true, .lstrip_blocks = true});
  } catch (const std::exception& error) {
    return absl::FailedPreconditionError(
        absl::StrCat("the model's chat template cannot be read; use prompt "
                     "instead of chat: ",
                     FirstLine(error.what())));
  }
  parsed->Probe();
  return ChatTemplate(std::move(parsed));
}

const std::string& ChatTemplate::source() const { return parsed_->source; }

absl::StatusOr<std::vector<PromptPart>> ChatTemplate::Render(
    const Chat& chat) const {
  ABSL_RETURN_IF_ERROR(parsed_->Check(chat));
  Chat written = chat;
  if (!parsed_->has_system) {
    written.messages = WithSystemSaidByUser(chat.messages);
  }
  ABSL_ASSIGN_OR_RETURN(const std::string text, parsed_->Render(written));
  return parsed_->marks.Split(text);
}

}  // namespace hwledger
