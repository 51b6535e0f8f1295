#include "core/engine/prompt_truncation.h"

#include <algorithm>

namespace hwledger {

void TruncatePrompt(std::vector<TokenId>& prompt, TokenId begin,
                    int64_t sequence_length,
                    std::optional<int64_t> answer_tokens) {
  if (std::ssize(prompt) < sequence_length) return;
  const int64_t half = sequence_length / 2;
  const int64_t kept =
      sequence_length - std::min(answer_tokens.value_or(half), half);
  const int64_t begins = prompt.front() == begin ? 1 : 0;
  const auto first = prompt.begin() + begins;
  prompt.erase(first, first + (std::ssize(prompt) - kept));
}

}  // namespace hwledger
