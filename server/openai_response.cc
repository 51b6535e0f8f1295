#include "server/openai_response.h"

#include <iterator>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "boost/endian/conversion.hpp"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "nlohmann/json.hpp"
#include "server/connect_protocol.h"
#include "server/json_logprobs.h"
#include "server/rpc_message.h"
#include "server/runnable_model.h"

namespace hwledger {
namespace {

using nlohmann::json;

json ReasonOf(v1::FinishReason reason) {
  switch (reason) {
    case v1::FINISH_REASON_LENGTH:
      return "length";
    case v1::FINISH_REASON_TOOL_CALLS:
      return "tool_calls";
    default:
      return "stop";
  }
}

json ToJson(const v1::Usage& usage) {
  return {{"prompt_tokens", usage.prompt_tokens()},
          {"completion_tokens", usage.completion_tokens()},
          {"total_tokens", usage.prompt_tokens() + usage.completion_tokens()},
          {"prompt_tokens_details",
           {{"cached_tokens", usage.cached_prompt_tokens()}}}};
}

// Arguments are text in their API, so that a client can tell how they were
// meant. What was parsed once can be told as JSON.
json ToJson(const v1::ToolCall& call) {
  return {
      {"id", call.id()},
      {"type", "function"},
      {"function",
       {{"name", call.name()},
        {"arguments",
         EncodeMessage(RpcEncoding::kJson, call.arguments()).value_or("{}")}}}};
}

json Head(const OpenAiAnswer& answer, const char* chat_object) {
  return {{"id", answer.id},
          {"object",
           answer.kind == OpenAiKind::kChat ? chat_object : "text_completion"},
          {"created", answer.created},
          {"model", answer.model}};
}

json LogprobsOf(OpenAiKind kind, absl::Span<const v1::TokenLogprob> tokens,
                int64_t text_offset) {
  if (tokens.empty()) return nullptr;
  return kind == OpenAiKind::kChat ? ToChatLogprobs(tokens)
                                   : ToCompletionLogprobs(tokens, text_offset);
}

json MessageOf(const v1::Completion& completion) {
  json message = {{"role", "assistant"},
                  {"content", completion.full_text()},
                  {"refusal", nullptr}};
  if (!completion.reasoning().empty()) {
    message["reasoning_content"] = completion.reasoning();
  }
  if (completion.tool_calls().empty()) return message;
  if (completion.full_text().empty()) message["content"] = nullptr;
  json& calls = message["tool_calls"] = json::array();
  for (const v1::ToolCall& call : completion.tool_calls()) {
    calls.push_back(ToJson(call));
  }
  return message;
}

std::string Base64Of(const v1::Embedding& embedding) {
  std::string bytes;
  for (const float value : embedding.values()) {
    unsigned char four[sizeof(float)];
    boost::endian::endian_store<float, sizeof(float),
                                boost::endian::order::little>(four, value);
    bytes.append(std::begin(four), std::end(four));
  }
  return absl::Base64Escape(bytes);
}

// The field that a status is about, as their API calls it.
json ParameterOf(const grpc::Status& status) {
  google::rpc::Status sent;
  if (!sent.ParseFromString(status.error_details())) return nullptr;
  for (const google::protobuf::Any& detail : sent.details()) {
    google::rpc::BadRequest bad_request;
    if (detail.UnpackTo(&bad_request)) {
      std::string_view field = bad_request.field_violations(0).field();
      absl::ConsumePrefix(&field, "sampling.");
      absl::ConsumePrefix(&field, "chat.");
      return field == "model_id" ? "model" : std::string(field);
    }
  }
  return nullptr;
}

const char* ErrorTypeOf(int http_status) {
  if (http_status == 401) return "authentication_error";
  if (http_status == 403) return "permission_error";
  if (http_status == 429) return "rate_limit_error";
  return http_status < 500 ? "invalid_request_error" : "server_error";
}

}  // namespace

OpenAiCompletion::OpenAiCompletion(OpenAiAnswer answer)
    : answer_(std::move(answer)) {}

void OpenAiCompletion::Add(const v1::RunInferenceResponse& event) {
  logprobs_.insert(logprobs_.end(), event.token().logprobs().begin(),
                   event.token().logprobs().end());
  if (event.has_completion()) completion_ = event.completion();
}

json OpenAiCompletion::Take() {
  json choice = {
      {"index", 0},
      {"finish_reason", ReasonOf(completion_.finish_reason())},
      {"logprobs", LogprobsOf(answer_.kind, logprobs_, /*text_offset=*/0)}};
  if (answer_.kind == OpenAiKind::kChat) {
    choice["message"] = MessageOf(completion_);
  } else {
    choice["text"] = completion_.full_text();
  }
  json object = Head(answer_, "chat.completion");
  object["choices"] = json::array({std::move(choice)});
  object["usage"] = ToJson(completion_.usage());
  return object;
}

OpenAiStream::OpenAiStream(OpenAiAnswer answer, bool has_usage)
    : answer_(std::move(answer)), has_usage_(has_usage) {}

json OpenAiStream::Chunk(json choice) const {
  json chunk = Head(answer_, "chat.completion.chunk");
  chunk["choices"] = json::array();
  if (!choice.is_null()) chunk["choices"].push_back(std::move(choice));
  if (has_usage_) chunk["usage"] = nullptr;
  return chunk;
}

// The first one says who speaks.
json OpenAiStream::Delta(json delta) {
  if (!std::exchange(has_role_, true)) delta["role"] = "assistant";
  return {{"index", 0},
          {"delta", std::move(delta)},
          {"logprobs", nullptr},
          {"finish_reason", nullptr}};
}

std::vector<json> OpenAiStream::Chunks(const v1::RunInferenceResponse& event) {
  const bool is_chat = answer_.kind == OpenAiKind::kChat;
  std::vector<json> chunks;
  if (event.has_token()) {
    const v1::Token& token = event.token();
    json choice = is_chat ? Delta({{"content", token.text()}})
                          : json{{"index", 0},
                                 {"text", token.text()},
                                 {"finish_reason", nullptr}};
    const std::vector<v1::TokenLogprob> logprobs(token.logprobs().begin(),
                                                 token.logprobs().end());
    choice["logprobs"] = LogprobsOf(answer_.kind, logprobs, text_offset_);
    text_offset_ += static_cast<int64_t>(token.text().size());
    chunks.push_back(Chunk(std::move(choice)));
  } else if (event.has_reasoning()) {
    chunks.push_back(
        Chunk(Delta({{"reasoning_content", event.reasoning().text()}})));
  } else if (event.has_tool_call()) {
    json call = ToJson(event.tool_call());
    call["index"] = tool_call_count_++;
    chunks.push_back(
        Chunk(Delta({{"tool_calls", json::array({std::move(call)})}})));
  } else if (event.has_completion()) {
    json choice = is_chat
                      ? Delta(json::object())
                      : json{{"index", 0}, {"text", ""}, {"logprobs", nullptr}};
    choice["finish_reason"] = ReasonOf(event.completion().finish_reason());
    chunks.push_back(Chunk(std::move(choice)));
    if (has_usage_) {
      json last = Chunk(nullptr);
      last["usage"] = ToJson(event.completion().usage());
      chunks.push_back(std::move(last));
    }
  }
  return chunks;
}

json ToOpenAiEmbeddings(const v1::EmbedResponse& response,
                        const std::string& model, bool is_base64) {
  json list = json::array();
  for (const v1::Embedding& embedding : response.embeddings()) {
    json value;
    if (is_base64) {
      value = Base64Of(embedding);
    } else {
      value = std::vector<float>(embedding.values().begin(),
                                 embedding.values().end());
    }
    list.push_back({{"object", "embedding"},
                    {"index", list.size()},
                    {"embedding", std::move(value)}});
  }
  const int32_t tokens = response.usage().prompt_tokens();
  return {{"object", "list"},
          {"data", std::move(list)},
          {"model", model},
          {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}};
}

json ToOpenAiModel(const v1::Model& model) {
  // When it was made is not known.
  return {{"id", model.model_id()},
          {"object", "model"},
          {"created", 0},
          {"owned_by", "hwledger"}};
}

json ToOpenAiModels(const v1::ListModelsResponse& response) {
  json list = json::array();
  for (const v1::Model& model : response.models()) {
    if (IsRunnable(model)) list.push_back(ToOpenAiModel(model));
  }
  return {{"object", "list"}, {"data", std::move(list)}};
}

json ToOpenAiError(const grpc::Status& status) {
  const grpc::StatusCode code = status.error_code();
  return {{"error",
           {{"message", status.error_message()},
            {"type", ErrorTypeOf(HttpStatusOf(code))},
            {"param", ParameterOf(status)},
            {"code", code == grpc::StatusCode::NOT_FOUND
                         ? json("model_not_found")
                         : json(ConnectCodeOf(code))}}}};
}

HttpResponse OpenAiErrorResponse(const grpc::Status& status) {
  return {.status = HttpStatusOf(status.error_code()),
          .body = ToText(ToOpenAiError(status))};
}

}  // namespace hwledger
