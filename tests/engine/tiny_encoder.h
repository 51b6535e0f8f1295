#pragma once

#include <cstdint>
#include <string>

namespace hwledger {

// A BERT of some kilobytes with random weights: embeds texts of up to
// `context_tokens`, generates nothing. Its words: "one", "two", "three".
struct TinyEncoder {
  int64_t context_tokens = 64;
  // Of the file (LLAMA_POOLING_TYPE_…): 1 mean, 2 the first token, 4 ranks.
  uint32_t pooling_type = 2;

  // Returns the path of the file.
  std::string Write(const std::string& name) const;
};

}  // namespace hwledger
