#include "server/ollama_messages.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"
#include "server/generation_fields.h"

namespace hwledger {
namespace {

class Conversation {
 public:
  explicit Conversation(v1::Chat& chat) : chat_(chat) {}

  absl::Status Add(const JsonFields& fields) {
    v1::ChatMessage& message = *chat_.add_messages();
    ABSL_RETURN_IF_ERROR(fields.Refuse({"images"}));
    ABSL_ASSIGN_OR_RETURN(const auto role, fields.Text("role"));
    message.set_role(absl::AsciiStrToLower(role.value_or("")));
    ABSL_ASSIGN_OR_RETURN(auto content, fields.Text("content"));
    message.set_content(std::move(content).value_or(""));
    ABSL_ASSIGN_OR_RETURN(auto thinking, fields.Text("thinking"));
    message.set_reasoning(std::move(thinking).value_or(""));
    if (message.role() == "tool") return AddAnswer(fields, message);
    return fields.ForEach("tool_calls", [&](const JsonFields& call) {
      return AddCall(call, *message.add_tool_calls());
    });
  }

 private:
  absl::Status AddCall(const JsonFields& fields, v1::ToolCall& call) {
    ABSL_RETURN_IF_ERROR(ReadToolCall(fields, call));
    // Some templates want just nine letters and digits.
    if (call.id().empty()) {
      call.set_id(absl::StrFormat("call%05d", call_count_));
    }
    ++call_count_;
    open_.push_back({.id = call.id(), .tool = call.name()});
    return absl::OkStatus();
  }

  absl::Status AddAnswer(const JsonFields& fields, v1::ChatMessage& message) {
    ABSL_ASSIGN_OR_RETURN(auto id, fields.Text("tool_call_id"));
    ABSL_ASSIGN_OR_RETURN(const auto tool, fields.Text("tool_name"));
    const auto call = std::ranges::find_if(open_, [&](const OpenCall& one) {
      if (id) return one.id == *id;
      return !tool || one.tool == *tool;
    });
    if (call == open_.end() && !id) {
      return FieldError(
          fields.PlaceOf("tool_name"),
          absl::StrCat("must be that of a call before it that nothing has "
                       "answered yet; got \"",
                       tool.value_or(""), "\""));
    }
    // What an id does not lead to is for the contract to say.
    message.set_tool_call_id(id ? *std::move(id) : call->id);
    if (call != open_.end()) open_.erase(call);
    return absl::OkStatus();
  }

  // A call that nothing has answered yet.
  struct OpenCall {
    std::string id;
    std::string tool;
  };

  v1::Chat& chat_;
  int call_count_ = 0;
  std::vector<OpenCall> open_;
};

}  // namespace

absl::Status ReadOllamaMessages(const JsonFields& fields, v1::Chat& chat) {
  Conversation conversation(chat);
  return fields.ForEach("messages", [&](const JsonFields& message) {
    return conversation.Add(message);
  });
}

}  // namespace hwledger
