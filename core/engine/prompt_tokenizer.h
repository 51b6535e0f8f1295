#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine/chat_template.h"
#include "core/engine/command_queue.h"
#include "core/engine/generation.h"
#include "core/engine/output_format.h"
#include "core/engine/tokenized_prompt.h"
#include "core/engine/vocabulary.h"

namespace hwledger {

// Makes tokens of what a model is to continue or answer, with the chat template
// in its file. Any thread; lives no longer than the model.
class PromptTokenizer {
 public:
  explicit PromptTokenizer(const llama_model* model);

  bool has_chat_template() const { return chat_template_.ok(); }
  // Control tokens that mean something in answers to chats.
  const std::set<TokenId>& marks() const { return marks_; }

  // As LlamaModel::Tokenize, for sequences of `sequence_length`.
  absl::StatusOr<TokenizedPrompt> Tokenize(const Generation& generation,
                                           int64_t sequence_length) const;

 private:
  void FindMarks();
  std::vector<TokenId> TokensOf(const std::vector<PromptPart>& parts) const;

  const Vocabulary vocabulary_;
  const absl::StatusOr<ChatTemplate> chat_template_;
  OutputFormat format_;  // Of answers to chats.
  std::set<TokenId> marks_;
};

}  // namespace hwledger
