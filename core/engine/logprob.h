#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "core/engine/command_queue.h"
#include "core/engine/generation.h"

namespace hwledger {

// How likely `token` was, and the `top_count` likeliest in its place, by the
// model's own distribution. Without their pieces.
TokenLogprob LogprobOf(absl::Span<const float> logits, TokenId token,
                       int64_t top_count);

}  // namespace hwledger
