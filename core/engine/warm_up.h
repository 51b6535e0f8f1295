#pragma once

#include <cstdint>
#include <functional>

#include "core/engine/token_batch.h"

namespace hwledger {

// Makes a GPU compile its kernels, and take what memory it computes with, which
// it otherwise does when the first texts need them: computes a batch of each
// size that matters. What was in the context is gone; a CPU needs none of this.
//
// Returns false where `go_on`, which is asked between batches, said so first,
// and true otherwise: what cannot be computed is not said here, but to who asks
// for it.
bool WarmUp(llama_context* context, TokenBatch& batch,
            const std::function<bool()>& go_on);

}  // namespace hwledger
