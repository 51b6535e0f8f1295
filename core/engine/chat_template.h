#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine/chat.h"
#include "core/engine/control_marks.h"

namespace hwledger {

// A model's own way to write a conversation down (a Jinja template). Any thread
// may render.
class ChatTemplate {
 public:
  // What a template may use besides the conversation.
  struct SpecialTokens {
    std::string begin_of_text;
    std::string end_of_text;
    // The texts of all control tokens, those two included.
    std::vector<std::string> controls;
  };

  // FailedPrecondition: the template cannot be read.
  static absl::StatusOr<ChatTemplate> Parse(const std::string& source,
                                            SpecialTokens tokens);

  // The conversation up to where the assistant speaks next, in parts: what is
  // said never becomes a control token. Where the template leaves out what the
  // system says, the next user says it.
  //
  // InvalidArgument: the template refuses the conversation.
  // FailedPrecondition: it has no place for tools, what they are called for or
  // what they answer, and the conversation has some.
  absl::StatusOr<std::vector<PromptPart>> Render(const Chat& chat) const;

  const std::string& source() const;

 private:
  struct Parsed;
  explicit ChatTemplate(std::shared_ptr<const Parsed> parsed)
      : parsed_(std::move(parsed)) {}

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace hwledger
