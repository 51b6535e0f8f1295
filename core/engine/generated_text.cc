#include "core/engine/generated_text.h"

#include <algorithm>
#include <utility>

#include "core/utf8.h"

namespace hwledger {

void GeneratedText::Add(std::string_view bytes) {
  ++untaken_tokens_;
  std::string all = std::exchange(partial_character_, {});
  all += bytes;
  const size_t complete = CompleteUtf8Prefix(all);
  partial_character_ = all.substr(complete);
  all.resize(complete);
  full_text_ += stop_strings_.Add(WithValidUtf8(all));
}

void GeneratedText::AddLogprob(TokenLogprob logprob) {
  untaken_logprobs_.push_back(std::move(logprob));
}

void GeneratedText::End() {
  if (stopped()) return;
  full_text_ += stop_strings_.Add(WithValidUtf8(partial_character_));
  if (!stopped()) full_text_ += stop_strings_.Flush();
}

std::optional<Token> GeneratedText::Take() {
  if (taken_bytes_ == full_text_.size()) return std::nullopt;
  // What a token left behind for the end stands for one more.
  Token token = {.text = full_text_.substr(taken_bytes_),
                 .token_count = std::max<int64_t>(untaken_tokens_, 1),
                 .logprobs = std::exchange(untaken_logprobs_, {})};
  taken_bytes_ = full_text_.size();
  untaken_tokens_ = 0;
  return token;
}

}  // namespace hwledger
