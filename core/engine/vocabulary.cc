#include "core/engine/vocabulary.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "core/field_error.h"
#include "core/utf8.h"

namespace hwledger {
namespace {

// Models of one family differ in padding and in tokens that were added for
// chats (llama.cpp: SPEC_VOCAB_MAX_SIZE_DIFFERENCE).
constexpr int64_t kDifferenceMax = 128;

int32_t Int32(size_t count) { return static_cast<int32_t>(count); }

std::string TextOf(const llama_vocab* vocab, TokenId token) {
  return token == LLAMA_TOKEN_NULL ? "" : llama_vocab_get_text(vocab, token);
}

}  // namespace

bool Vocabulary::IsLike(const Vocabulary& other) const {
  const int64_t count = std::min(size(), other.size());
  if (llama_vocab_type(vocab_) != llama_vocab_type(other.vocab_) ||
      std::max(size(), other.size()) - count > kDifferenceMax) {
    return false;
  }
  for (TokenId token = 0; token < count; ++token) {
    if (TextOf(vocab_, token) != TextOf(other.vocab_, token)) return false;
  }
  return true;
}

std::string Vocabulary::begin_of_text() const {
  return TextOf(vocab_, llama_vocab_bos(vocab_));
}

std::string Vocabulary::end_of_text() const {
  return TextOf(vocab_, llama_vocab_eos(vocab_));
}

std::vector<TokenId> Vocabulary::Tokens(const std::string& text,
                                        BeginOfText begin,
                                        ControlText control) const {
  // No tokenizer makes more tokens than bytes, but for the special ones.
  std::vector<TokenId> tokens(text.size() + 8);
  for (;;) {
    const int32_t count = llama_tokenize(
        vocab_, text.data(), Int32(text.size()), tokens.data(),
        Int32(tokens.size()), begin == BeginOfText::kAsModelWants,
        control == ControlText::kToken);
    if (count >= 0) {
      tokens.resize(static_cast<size_t>(count));
      return tokens;
    }
    tokens.resize(static_cast<size_t>(-int64_t{count}));
  }
}

void Vocabulary::WritePiece(TokenId token, ControlText control,
                            std::string& bytes) const {
  const bool special = control == ControlText::kToken;
  bytes.resize(std::max<size_t>(bytes.capacity(), 64));
  int32_t length = llama_token_to_piece(vocab_, token, bytes.data(),
                                        Int32(bytes.size()), 0, special);
  if (length < 0) {
    bytes.resize(static_cast<size_t>(-length));
    length = llama_token_to_piece(vocab_, token, bytes.data(),
                                  Int32(bytes.size()), 0, special);
  }
  bytes.resize(static_cast<size_t>(std::max(length, 0)));
}

absl::StatusOr<std::string> Vocabulary::Text(
    absl::Span<const TokenId> tokens) const {
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] >= 0 && tokens[i] < size()) continue;
    return FieldError(
        absl::StrFormat("token_ids[%d]", i),
        absl::StrFormat("must be a token of the model, 0 to %d; got %d",
                        size() - 1, tokens[i]));
  }
  std::string text(tokens.size() * 8 + 64, '\0');
  for (;;) {
    const int32_t length = llama_detokenize(
        vocab_, tokens.data(), Int32(tokens.size()), text.data(),
        Int32(text.size()), /*remove_special=*/false, /*unparse_special=*/true);
    if (length >= 0) {
      text.resize(static_cast<size_t>(length));
      return WithValidUtf8(text);
    }
    text.resize(static_cast<size_t>(-int64_t{length}));
  }
}

std::vector<std::string> Vocabulary::ControlTexts() const {
  std::vector<std::string> texts;
  for (TokenId token = 0; token < size(); ++token) {
    const llama_token_attr attributes = llama_vocab_get_attr(vocab_, token);
    if ((attributes & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) ==
        0) {
      continue;
    }
    std::string text = TextOf(vocab_, token);
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace hwledger
