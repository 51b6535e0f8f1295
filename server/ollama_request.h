#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "hwledger/v1/inference.pb.h"
#include "nlohmann/json_fwd.hpp"

// What clients of Ollama's API ask for, in the contract's words. Fields and
// options that their API does not have are ignored, as there; those that it has
// and we do not are FieldErrors with their names, but for those that change
// nothing here (num_keep, draft_num_predict, verbose). Ranges are the
// contract's to check. Every request's model_id is the name that the client
// gave, which may be another than the contract's (OllamaModelIds).
namespace hwledger {

struct OllamaGeneration {
  // Without an input there is nothing to generate, but a model to load, or to
  // unload where keep_alive is 0.
  v1::RunInferenceRequest request;
  bool is_streamed = true;
  bool is_kept = true;  // False: keep_alive is 0.
};

// Of POST /api/chat.
absl::StatusOr<OllamaGeneration> FromOllamaChat(const nlohmann::json& body);

// Of POST /api/generate.
absl::StatusOr<OllamaGeneration> FromOllamaGenerate(const nlohmann::json& body);

// Of POST /api/embed and, for its one text, of the older POST /api/embeddings,
// which does not scale to length 1. Without texts there is a model to load. A
// text that is too long is an error, whatever "truncate" says.
absl::StatusOr<v1::EmbedRequest> FromOllamaEmbed(const nlohmann::json& body);
absl::StatusOr<v1::EmbedRequest> FromOllamaEmbeddings(
    const nlohmann::json& body);

// Of POST /api/show: the name.
absl::StatusOr<std::string> FromOllamaShow(const nlohmann::json& body);

}  // namespace hwledger
