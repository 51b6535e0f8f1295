#pragma once

#include "absl/status/statusor.h"
#include "hwledger/v1/inference.pb.h"
#include "nlohmann/json_fwd.hpp"

// What clients of OpenAI's API ask for, in the contract's words. Fields that
// their API does not have are ignored, as there; those that it has and we do
// not are FieldErrors with their names. Ranges are the contract's to check.
namespace hwledger {

struct OpenAiGeneration {
  v1::RunInferenceRequest request;
  bool is_streamed = false;
  // In the stream; it is always told otherwise.
  bool wants_usage = false;
};

// Of POST /v1/chat/completions.
absl::StatusOr<OpenAiGeneration> FromOpenAiChat(const nlohmann::json& body);

// Of POST /v1/completions.
absl::StatusOr<OpenAiGeneration> FromOpenAiCompletion(
    const nlohmann::json& body);

struct OpenAiEmbedding {
  v1::EmbedRequest request;
  bool is_base64 = false;
};

// Of POST /v1/embeddings.
absl::StatusOr<OpenAiEmbedding> FromOpenAiEmbedding(const nlohmann::json& body);

}  // namespace hwledger
