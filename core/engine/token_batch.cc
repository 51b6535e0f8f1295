#include "core/engine/token_batch.h"

#include <cassert>

#include "core/engine/libllama.h"

namespace hwledger {
namespace {

int32_t Int32(int64_t count) { return static_cast<int32_t>(count); }

}  // namespace

TokenBatch::TokenBatch(int64_t tokens_max)
    : tokens_max_(tokens_max),
      batch_(llama_batch_init(Int32(tokens_max), /*embd=*/0, /*n_seq_max=*/1)) {
}

TokenBatch::~TokenBatch() { llama_batch_free(batch_); }

void TokenBatch::AttachTo(llama_context_params& params) {
  params.abort_callback = GivesUp;
  params.abort_callback_data = this;
}

bool TokenBatch::GivesUp(void* data) {
  const auto* give_up = static_cast<TokenBatch*>(data)->give_up_;
  if (give_up == nullptr || !(*give_up)()) return false;
  ExpectLibllamaErrors(true);
  return true;
}

int64_t TokenBatch::Add(int64_t sequence, int64_t position,
                        absl::Span<const TokenId> tokens, Outputs outputs) {
  assert(batch_.n_tokens + std::ssize(tokens) <= tokens_max_);
  for (const TokenId token : tokens) {
    const int32_t i = batch_.n_tokens++;
    batch_.token[i] = token;
    batch_.pos[i] = Int32(position++);
    batch_.n_seq_id[i] = 1;
    batch_.seq_id[i][0] = Int32(sequence);
    batch_.logits[i] = outputs == Outputs::kAll ? 1 : 0;
  }
  return batch_.n_tokens - 1;
}

int32_t TokenBatch::Compute(llama_context* context,
                            const std::function<bool()>& give_up) {
  give_up_ = &give_up;
  const bool has_cache = llama_get_memory(context) != nullptr;
  const int32_t result =
      has_cache ? llama_decode(context, batch_) : llama_encode(context, batch_);
  // What it says may still be on its way from a GPU.
  if (result == 0) llama_synchronize(context);
  give_up_ = nullptr;
  ExpectLibllamaErrors(false);
  return result;
}

}  // namespace hwledger
