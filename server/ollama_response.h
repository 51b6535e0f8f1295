#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "hwledger/v1/inference.pb.h"
#include "nlohmann/json_fwd.hpp"
#include "server/http_message.h"

// What the contract answers, in the words of Ollama's API.
namespace hwledger {

enum class OllamaKind { kChat, kGenerate };

// What every object of an answer repeats, and what its last one counts from.
struct OllamaAnswer {
  OllamaKind kind = OllamaKind::kChat;
  std::string model;   // As the client names it.
  absl::Time started;  // When its request came.
};

// The whole answer to a request that only loads or unloads a model; `reason`:
// which of the two.
nlohmann::json ToOllamaDone(const OllamaAnswer& answer, const char* reason,
                            absl::Time now);

// The answer of one generation, event by event.
class OllamaStream {
 public:
  explicit OllamaStream(OllamaAnswer answer);

  // A line of the stream; null of an event that makes no difference to clients.
  nlohmann::json Line(const v1::RunInferenceResponse& event, absl::Time now);

 private:
  const OllamaAnswer answer_;
  int tool_call_count_ = 0;
};

// The same in one object, put together from its events.
class OllamaCompletion {
 public:
  explicit OllamaCompletion(OllamaAnswer answer);

  void Add(const v1::RunInferenceResponse& event);
  // After the last event.
  nlohmann::json Take(absl::Time now);

 private:
  const OllamaAnswer answer_;
  std::vector<v1::TokenLogprob> logprobs_;
  v1::Completion completion_;
};

// Of POST /api/embed; `time`: what it took.
nlohmann::json ToOllamaEmbed(const v1::EmbedResponse& response,
                             const std::string& model, absl::Duration time);
// Of POST /api/embeddings.
nlohmann::json ToOllamaEmbeddings(const v1::EmbedResponse& response);

// {"error": message}.
nlohmann::json ToOllamaError(const grpc::Status& status);
HttpResponse OllamaErrorResponse(const grpc::Status& status);

}  // namespace hwledger
