#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/engine/command_queue.h"
#include "llama.h"

namespace hwledger {

enum class BeginOfText { kNone, kAsModelWants };
// Whether the text of a control token ("<|im_start|>") stands for that token.
enum class ControlText { kPlain, kToken };

// A model's tokens. Any thread; lives no longer than the model.
class Vocabulary {
 public:
  explicit Vocabulary(const llama_model* model)
      : vocab_(llama_model_get_vocab(model)) {}

  int64_t size() const { return llama_vocab_n_tokens(vocab_); }
  bool Ends(TokenId token) const { return llama_vocab_is_eog(vocab_, token); }

  // Of libllama's own.
  const llama_vocab* get() const { return vocab_; }
  // LLAMA_TOKEN_NULL where the model has none.
  TokenId begin_token() const { return llama_vocab_bos(vocab_); }
  // Whether its tokens are those of `other`, but for a few at the end.
  bool IsLike(const Vocabulary& other) const;

  // As they stand in the model's file; empty where the model has none.
  std::string begin_of_text() const;
  std::string end_of_text() const;

  std::vector<TokenId> Tokens(const std::string& text, BeginOfText begin,
                              ControlText control) const;

  // The bytes that a token stands for; none of a control token unless
  // `control` is kToken.
  void WritePiece(TokenId token, ControlText control, std::string& bytes) const;

  // The text of `tokens`, control tokens included. FieldError about token_ids:
  // one is not the model's.
  absl::StatusOr<std::string> Text(absl::Span<const TokenId> tokens) const;

  // The texts of tokens that a text must not name by accident: those which
  // Tokens finds with ControlText::kToken only.
  std::vector<std::string> ControlTexts() const;

 private:
  const llama_vocab* vocab_;
};

}  // namespace hwledger
