#include "server/ollama_response.h"

#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "nlohmann/json.hpp"
#include "server/connect_protocol.h"
#include "server/http_message.h"
#include "server/inference_convert.h"
#include "server/json_logprobs.h"
#include "server/ollama_time.h"
#include "server/rpc_message.h"

namespace hwledger {
namespace {

using nlohmann::json;

int64_t Nanoseconds(const google::protobuf::Duration& duration) {
  return absl::ToInt64Nanoseconds(FromProto(duration));
}

json ToJson(const v1::ToolCall& call, int index) {
  const std::string arguments =
      EncodeMessage(RpcEncoding::kJson, call.arguments()).value_or("{}");
  return {{"id", call.id()},
          {"function",
           {{"index", index},
            {"name", call.name()},
            {"arguments", json::parse(arguments, /*cb=*/nullptr,
                                      /*allow_exceptions=*/false)}}}};
}

json ToJson(const v1::Embedding& embedding) {
  return std::vector<float>(embedding.values().begin(),
                            embedding.values().end());
}

json LineOf(const OllamaAnswer& answer, const std::string& text,
            absl::Time now) {
  json line = {{"model", answer.model},
               {"created_at", OllamaTime(now)},
               {"done", false}};
  if (answer.kind == OllamaKind::kChat) {
    line["message"] = {{"role", "assistant"}, {"content", text}};
  } else {
    line["response"] = text;
  }
  return line;
}

void SetThinking(const OllamaAnswer& answer, const std::string& text,
                 json& line) {
  json& place = answer.kind == OllamaKind::kChat ? line["message"] : line;
  place["thinking"] = text;
}

void SetLogprobs(absl::Span<const v1::TokenLogprob> tokens, json& line) {
  if (!tokens.empty()) line["logprobs"] = ToLogprobs(tokens);
}

json LastLine(const OllamaAnswer& answer, const std::string& text,
              const v1::Completion& completion, absl::Time now) {
  json line = LineOf(answer, text, now);
  line["done"] = true;
  line["done_reason"] = completion.finish_reason() == v1::FINISH_REASON_LENGTH
                            ? "length"
                            : "stop";
  const v1::Timings& timings = completion.timings();
  line["total_duration"] = absl::ToInt64Nanoseconds(now - answer.started);
  // Waiting included, as theirs.
  line["load_duration"] = Nanoseconds(timings.queue_time());
  line["prompt_eval_count"] = completion.usage().prompt_tokens();
  line["prompt_eval_duration"] = Nanoseconds(timings.prefill_time());
  line["eval_count"] = completion.usage().completion_tokens();
  line["eval_duration"] = Nanoseconds(timings.decode_time());
  return line;
}

}  // namespace

json ToOllamaDone(const OllamaAnswer& answer, const char* reason,
                  absl::Time now) {
  json line = LineOf(answer, /*text=*/"", now);
  line["done"] = true;
  line["done_reason"] = reason;
  return line;
}

OllamaStream::OllamaStream(OllamaAnswer answer) : answer_(std::move(answer)) {}

json OllamaStream::Line(const v1::RunInferenceResponse& event, absl::Time now) {
  if (event.has_completion()) {
    return LastLine(answer_, /*text=*/"", event.completion(), now);
  }
  json line = LineOf(answer_, event.token().text(), now);
  if (event.has_token()) {
    const std::vector<v1::TokenLogprob> logprobs(
        event.token().logprobs().begin(), event.token().logprobs().end());
    SetLogprobs(logprobs, line);
  } else if (event.has_reasoning()) {
    SetThinking(answer_, event.reasoning().text(), line);
  } else if (event.has_tool_call()) {
    line["message"]["tool_calls"] =
        json::array({ToJson(event.tool_call(), tool_call_count_++)});
  } else {
    return nullptr;
  }
  return line;
}

OllamaCompletion::OllamaCompletion(OllamaAnswer answer)
    : answer_(std::move(answer)) {}

void OllamaCompletion::Add(const v1::RunInferenceResponse& event) {
  logprobs_.insert(logprobs_.end(), event.token().logprobs().begin(),
                   event.token().logprobs().end());
  if (event.has_completion()) completion_ = event.completion();
}

json OllamaCompletion::Take(absl::Time now) {
  json object = LastLine(answer_, completion_.full_text(), completion_, now);
  if (!completion_.reasoning().empty()) {
    SetThinking(answer_, completion_.reasoning(), object);
  }
  for (int i = 0; i < completion_.tool_calls_size(); ++i) {
    object["message"]["tool_calls"].push_back(
        ToJson(completion_.tool_calls(i), i));
  }
  SetLogprobs(logprobs_, object);
  return object;
}

json ToOllamaEmbed(const v1::EmbedResponse& response, const std::string& model,
                   absl::Duration time) {
  json embeddings = json::array();
  for (const v1::Embedding& embedding : response.embeddings()) {
    embeddings.push_back(ToJson(embedding));
  }
  return {{"model", model},
          {"embeddings", std::move(embeddings)},
          {"total_duration", absl::ToInt64Nanoseconds(time)},
          {"prompt_eval_count", response.usage().prompt_tokens()}};
}

json ToOllamaEmbeddings(const v1::EmbedResponse& response) {
  return {{"embedding", response.embeddings().empty()
                            ? json::array()
                            : ToJson(response.embeddings(0))}};
}

json ToOllamaError(const grpc::Status& status) {
  return {{"error", status.error_message()}};
}

HttpResponse OllamaErrorResponse(const grpc::Status& status) {
  return {.status = HttpStatusOf(status.error_code()),
          .body = ToText(ToOllamaError(status))};
}

}  // namespace hwledger
