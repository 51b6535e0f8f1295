#pragma once

#include <cstdint>
#include <functional>

#include "absl/types/span.h"
#include "core/engine/command_queue.h"
#include "llama.h"

namespace hwledger {

// The tokens that a context computes together, and how it hears that this is
// to be given up. It stays where it is: the context refers to it. For one
// thread.
class TokenBatch {
 public:
  explicit TokenBatch(int64_t tokens_max);
  ~TokenBatch();
  TokenBatch(const TokenBatch&) = delete;
  TokenBatch& operator=(const TokenBatch&) = delete;

  // For the context that is to compute it.
  void AttachTo(llama_context_params& params);

  // What the context is to say about added tokens.
  enum class Outputs { kNone, kAll };
  // Adds tokens of a sequence, the first at `position` in it. Returns the index
  // of the last.
  int64_t Add(int64_t sequence, int64_t position,
              absl::Span<const TokenId> tokens, Outputs outputs);
  // Asks what follows the token at `index`.
  void AskOutput(int64_t index) { batch_.logits[index] = 1; }
  void Clear() { batch_.n_tokens = 0; }

  // Computes what was added; `give_up` is asked often. As llama_decode says, or
  // llama_encode where the context has no cache: 0 is success.
  int32_t Compute(llama_context* context, const std::function<bool()>& give_up);

 private:
  static bool GivesUp(void* data);

  const int64_t tokens_max_;
  llama_batch batch_;
  const std::function<bool()>* give_up_ = nullptr;  // While it is computed.
};

}  // namespace hwledger
