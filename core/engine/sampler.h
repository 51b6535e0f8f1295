#pragma once

#include <cstdint>
#include <memory>

#include "core/engine/command_queue.h"
#include "core/engine/generation.h"

struct llama_context;  // NOLINT(readability-identifier-naming)
struct llama_sampler;  // NOLINT(readability-identifier-naming)

namespace hwledger {

// Chooses the tokens of one generation.
class Sampler {
 public:
  // `sampling` is valid. Penalties look back over `context_tokens`.
  Sampler(const Sampling& sampling, int64_t vocabulary_size,
          int64_t context_tokens);

  // Tells it a token that the model did not choose: of the prompt.
  void Observe(TokenId token);
  // Chooses from what the model said at `output`, an index into its last batch.
  TokenId Choose(llama_context* context, int32_t output);

 private:
  struct Deleter {
    void operator()(llama_sampler* sampler) const;
  };

  int64_t vocabulary_size_;
  // Null: always the likeliest, for which the logits need not be copied.
  std::unique_ptr<llama_sampler, Deleter> chain_;
};

}  // namespace hwledger
