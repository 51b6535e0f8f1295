#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "hwledger/v1/inference.pb.h"
#include "nlohmann/json_fwd.hpp"

namespace hwledger {

// [{"token", "logprob", "bytes", "top_logprobs"}].
nlohmann::json ToLogprobs(absl::Span<const v1::TokenLogprob> tokens);

// The two forms of OpenAI's API. Of a chat's choice: {"content": ToLogprobs}.
nlohmann::json ToChatLogprobs(absl::Span<const v1::TokenLogprob> tokens);

// Of a completion's: lists beside one another. `text_offset`: bytes before.
nlohmann::json ToCompletionLogprobs(absl::Span<const v1::TokenLogprob> tokens,
                                    int64_t text_offset);

}  // namespace hwledger
