#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "hwledger/v1/inference.pb.h"
#include "nlohmann/json_fwd.hpp"

namespace hwledger {

// Of a chat's choice: {"content": [{"token", "logprob", "bytes", …}]}.
nlohmann::json ToChatLogprobs(absl::Span<const v1::TokenLogprob> tokens);

// Of a completion's: lists beside one another. `text_offset`: bytes before.
nlohmann::json ToCompletionLogprobs(absl::Span<const v1::TokenLogprob> tokens,
                                    int64_t text_offset);

}  // namespace hwledger
