#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/command_queue.h"

namespace hwledger {

// A llama of a few hundred kilobytes, made up on the spot. Its vocabulary:
// three special tokens, the 256 bytes, then `words`.
struct TinyModel {
  static constexpr TokenId kBegin = 1;
  static constexpr TokenId kEnd = 2;
  static constexpr TokenId ByteToken(char byte) {
    return 3 + static_cast<uint8_t>(byte);
  }
  static constexpr TokenId WordToken(int64_t word) {
    return 259 + static_cast<TokenId>(word);
  }

  std::vector<std::string> words;
  // The token that follows each; with none, the weights are random, and what
  // follows depends on all that came before.
  std::vector<std::pair<TokenId, TokenId>> successors;
  std::optional<std::string> chat_template;
  bool begins_with_token = true;
  // What the file recommends, by key ("general.sampling.temp").
  std::vector<std::pair<std::string, float>> numbers;
  int64_t layer_count = 2;
  int64_t embedding_elements = 64;
  int64_t head_count = 1;
  // "llama"; "gemma2", of whose layers every other sees window_tokens only;
  // "mamba", whose layers are recurrent; "jamba", of whose layers every other
  // is.
  std::string architecture = "llama";
  int64_t window_tokens = 32;
  // The matrices of its layers are of type Q8_0.
  bool quantized = false;

  // After a prompt that ends with '>', says each of `words` and ends.
  static TinyModel Reciting(std::vector<std::string> words);

  // Returns the path of the file.
  std::string Write(const std::string& name) const;
};

}  // namespace hwledger
