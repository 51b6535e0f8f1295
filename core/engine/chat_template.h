#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/engine/generation.h"

namespace hwledger {

// A model's own way to write a conversation down (a Jinja template). Any thread
// may render.
class ChatTemplate {
 public:
  // What a template may use besides the conversation.
  struct SpecialTokens {
    std::string begin_of_text;
    std::string end_of_text;
  };

  // FailedPrecondition: the template cannot be read.
  static absl::StatusOr<ChatTemplate> Parse(const std::string& source,
                                            SpecialTokens tokens);

  // The conversation up to where the assistant speaks next. Where the template
  // leaves out what the system says, the next user says it. InvalidArgument:
  // the template refuses the conversation.
  absl::StatusOr<std::string> Render(
      absl::Span<const ChatMessage> messages) const;

 private:
  struct Parsed;
  explicit ChatTemplate(std::shared_ptr<const Parsed> parsed)
      : parsed_(std::move(parsed)) {}

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace hwledger
