#include "core/engine/prompt_tokenizer.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/engine/model_metadata.h"
#include "core/engine/prompt_truncation.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

absl::StatusOr<ChatTemplate> TemplateOf(const llama_model* model) {
  const std::string source = Metadata(model, "tokenizer.chat_template");
  if (source.empty()) {
    return absl::FailedPreconditionError(
        "the model has no chat template; use prompt instead of chat");
  }
  const Vocabulary vocabulary(model);
  return ChatTemplate::Parse(source,
                             {.begin_of_text = vocabulary.begin_of_text(),
                              .end_of_text = vocabulary.end_of_text(),
                              .controls = vocabulary.ControlTexts()});
}

}  // namespace

PromptTokenizer::PromptTokenizer(const llama_model* model)
    : vocabulary_(model), chat_template_(TemplateOf(model)) {
  if (!chat_template_.ok()) return;
  format_ = FormatOfTemplate(chat_template_->source());
  FindMarks();
}

void PromptTokenizer::FindMarks() {
  std::string bytes;
  for (const std::string& mark : format_.Marks()) {
    const std::vector<TokenId> tokens =
        vocabulary_.Tokens(mark, BeginOfText::kNone, ControlText::kToken);
    if (tokens.size() != 1) continue;
    vocabulary_.WritePiece(tokens[0], ControlText::kPlain, bytes);
    if (bytes.empty()) marks_.insert(tokens[0]);
  }
}

absl::StatusOr<TokenizedPrompt> PromptTokenizer::Tokenize(
    const Generation& generation, int64_t sequence_length) const {
  TokenizedPrompt prompt;
  std::vector<PromptPart> parts;
  const auto* chat = std::get_if<Chat>(&generation.input);
  if (chat != nullptr) {
    ABSL_RETURN_IF_ERROR(chat_template_.status());
    ABSL_ASSIGN_OR_RETURN(parts, chat_template_->Render(*chat));
    // A text that must look like something has no room for marks.
    if (generation.constraint == Constraint()) {
      prompt.format =
          FormatAfter(format_, parts.empty() ? "" : parts.back().text);
    }
  } else {
    parts.push_back({std::get<std::string>(generation.input)});
  }
  prompt.tokens = TokensOf(parts);
  if (generation.truncate_prompt && sequence_length > 1) {
    TruncatePrompt(prompt.tokens, vocabulary_.begin_token(), sequence_length,
                   generation.token_count_max);
  }
  const char* const field = chat != nullptr ? "chat" : "prompt";
  if (prompt.tokens.empty()) {
    return FieldError(field,
                      "must not be empty for this model, which has no token to "
                      "begin a text with");
  }
  if (std::ssize(prompt.tokens) >= sequence_length) {
    return FieldError(
        field,
        absl::StrFormat("is too long: it has %d tokens, and prompt and answer "
                        "together may have %d",
                        prompt.tokens.size(), sequence_length));
  }
  return prompt;
}

std::vector<TokenId> PromptTokenizer::TokensOf(
    const std::vector<PromptPart>& parts) const {
  // A template that writes the begin of the text itself is not given another.
  const std::string begin = vocabulary_.begin_of_text();
  const bool begins = !begin.empty() && !parts.empty() && !parts[0].is_said &&
                      parts[0].text.starts_with(begin);
  BeginOfText next = begins ? BeginOfText::kNone : BeginOfText::kAsModelWants;
  // Of no parts too a model may want its begin.
  if (parts.empty()) return vocabulary_.Tokens("", next, ControlText::kToken);
  std::vector<TokenId> all;
  for (const PromptPart& part : parts) {
    const std::vector<TokenId> tokens = vocabulary_.Tokens(
        part.text, std::exchange(next, BeginOfText::kNone),
        part.is_said ? ControlText::kPlain : ControlText::kToken);
    all.insert(all.end(), tokens.begin(), tokens.end());
  }
  return all;
}

}  // namespace hwledger
