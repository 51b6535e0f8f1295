#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "grpcpp/support/status.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "nlohmann/json_fwd.hpp"
#include "server/http_message.h"

// What the contract answers, in the words of OpenAI's API.
namespace hwledger {

enum class OpenAiKind { kChat, kCompletion };

// What every object and chunk of an answer repeats.
struct OpenAiAnswer {
  OpenAiKind kind = OpenAiKind::kChat;
  std::string id;
  std::string model;
  int64_t created = 0;  // Seconds since 1970.
};

// The answer of one generation, put together from its events.
class OpenAiCompletion {
 public:
  explicit OpenAiCompletion(OpenAiAnswer answer);

  void Add(const v1::RunInferenceResponse& event);
  // After the last event.
  nlohmann::json Take();

 private:
  const OpenAiAnswer answer_;
  std::vector<v1::TokenLogprob> logprobs_;
  v1::Completion completion_;
};

// The same, event by event.
class OpenAiStream {
 public:
  // `has_usage`: a last chunk tells it.
  OpenAiStream(OpenAiAnswer answer, bool has_usage);

  // Of what makes a difference to a client; most events that are no text make
  // none.
  std::vector<nlohmann::json> Chunks(const v1::RunInferenceResponse& event);

 private:
  nlohmann::json Chunk(nlohmann::json choice) const;
  nlohmann::json Delta(nlohmann::json delta);

  const OpenAiAnswer answer_;
  const bool has_usage_;
  bool has_role_ = false;
  int tool_call_count_ = 0;
  int64_t text_offset_ = 0;
};

nlohmann::json ToOpenAiEmbeddings(const v1::EmbedResponse& response,
                                  const std::string& model, bool is_base64);

// Those of them that can be run.
nlohmann::json ToOpenAiModels(const v1::ListModelsResponse& response);
nlohmann::json ToOpenAiModel(const v1::Model& model);

// {"error": {"message", "type", "param", "code"}}.
nlohmann::json ToOpenAiError(const grpc::Status& status);
HttpResponse OpenAiErrorResponse(const grpc::Status& status);

}  // namespace hwledger
