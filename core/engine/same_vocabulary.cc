#include "core/engine/same_vocabulary.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "llama.h"

namespace hwledger {
namespace {

// Models of one family differ in padding and in tokens that were added for
// chats (llama.cpp: SPEC_VOCAB_MAX_SIZE_DIFFERENCE).
constexpr int32_t kSizeDifferenceMax = 128;

}  // namespace

bool SameVocabulary(const llama_vocab* a, const llama_vocab* b) {
  const int32_t a_size = llama_vocab_n_tokens(a);
  const int32_t b_size = llama_vocab_n_tokens(b);
  if (llama_vocab_type(a) != llama_vocab_type(b) ||
      std::abs(a_size - b_size) > kSizeDifferenceMax) {
    return false;
  }
  for (llama_token token = 0; token < std::min(a_size, b_size); ++token) {
    if (std::string_view(llama_vocab_get_text(a, token)) !=
        llama_vocab_get_text(b, token)) {
      return false;
    }
  }
  return true;
}

}  // namespace hwledger
