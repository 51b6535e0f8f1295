#pragma once

struct llama_vocab;  // NOLINT(readability-identifier-naming)

namespace hwledger {

// Whether two models mean the same by a token, but for a few at the end, which
// one of them may lack.
bool SameVocabulary(const llama_vocab* a, const llama_vocab* b);

}  // namespace hwledger
