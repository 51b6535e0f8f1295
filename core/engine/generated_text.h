#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/generation.h"
#include "core/engine/stop_strings.h"

namespace hwledger {

// The text of one generation, from the bytes of its tokens to what is sent:
// whole UTF-8, and nothing of a stop string.
class GeneratedText {
 public:
  explicit GeneratedText(const std::vector<std::string>& stop_strings)
      : stop_strings_(stop_strings) {}

  // Takes the bytes of one more token. Not after it stopped.
  void Add(std::string_view bytes);
  // Takes how likely that token was, to be sent with its text.
  void AddLogprob(TokenLogprob logprob);
  // No more tokens come: nothing is held back any longer.
  void End();

  // What may be sent and was not yet; nothing where there is none.
  std::optional<Token> Take();

  bool stopped() const { return !stop_strings_.found().empty(); }
  const std::string& stop_string() const { return stop_strings_.found(); }
  // All that Take has given or will.
  const std::string& full_text() const { return full_text_; }

 private:
  std::string partial_character_;
  StopStrings stop_strings_;
  std::string full_text_;
  size_t taken_bytes_ = 0;  // Of full_text_.
  int64_t untaken_tokens_ = 0;
  std::vector<TokenLogprob> untaken_logprobs_;
};

}  // namespace hwledger
