#include "core/engine/chat_template.h"

#include <exception>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/utf8.h"
#include "minja/minja.hpp"

namespace hwledger {
namespace {

using Json = nlohmann::ordered_json;

// The first line says what is wrong; the others quote the template.
std::string FirstLine(std::string_view text) {
  return WithValidUtf8(text.substr(0, text.find('\n')));
}

// Most templates take a text as it is, some only as a list of parts.
enum class ContentForm { kText, kParts };

Json JsonOf(absl::Span<const ChatMessage> messages, ContentForm form) {
  Json list = Json::array();
  for (const ChatMessage& message : messages) {
    Json content = message.content;
    if (form == ContentForm::kParts) {
      content = Json::array({{{"type", "text"}, {"text", message.content}}});
    }
    list.push_back({{"role", message.role}, {"content", std::move(content)}});
  }
  return list;
}

std::vector<ChatMessage> WithSystemSaidByUser(
    absl::Span<const ChatMessage> messages) {
  std::vector<ChatMessage> result;
  std::string pending;
  for (const ChatMessage& message : messages) {
    if (message.role == "system") {
      absl::StrAppend(&pending, message.content, "\n");
    } else if (message.role == "user") {
      result.push_back({"user", pending + message.content});
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

}  // namespace

struct ChatTemplate::Parsed {
  std::shared_ptr<minja::TemplateNode> root;
  SpecialTokens tokens;
  ContentForm form = ContentForm::kText;
  bool has_system = true;

  absl::StatusOr<std::string> Render(
      absl::Span<const ChatMessage> messages) const {
    try {
      const auto context =
          minja::Context::make(Json{{"messages", JsonOf(messages, form)},
                                    {"add_generation_prompt", true},
                                    {"bos_token", tokens.begin_of_text},
                                    {"eos_token", tokens.end_of_text}});
      context->set("strftime_now", TimeFunction());
      return root->render(context);
    } catch (const std::exception& error) {
      return absl::InvalidArgumentError(
          absl::StrCat("the model's chat template refuses the conversation: ",
                       FirstLine(error.what())));
    }
  }

  // Whether the template writes down what is said.
  bool Writes(absl::Span<const ChatMessage> messages,
              std::string_view said) const {
    const absl::StatusOr<std::string> text = Render(messages);
    return text.ok() && absl::StrContains(*text, said);
  }

  // Finds out by trying: nothing else tells what a template supports.
  void Probe() {
    const std::string said = "<probe>";
    const ChatMessage user = {"user", said};
    if (!Writes({user}, said)) {
      form = ContentForm::kParts;
      if (!Writes({user}, said)) form = ContentForm::kText;
    }
    has_system = Writes({{"system", said}, {"user", "Hi"}}, said);
  }
};

absl::StatusOr<ChatTemplate> ChatTemplate::Parse(const std::string& source,
                                                 SpecialTokens tokens) {
  auto parsed = std::make_shared<Parsed>();
  parsed->tokens = std::move(tokens);
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

absl::StatusOr<std::string> ChatTemplate::Render(
    absl::Span<const ChatMessage> messages) const {
  if (parsed_->has_system) return parsed_->Render(messages);
  return parsed_->Render(WithSystemSaidByUser(messages));
}

}  // namespace hwledger
