#include "server/ollama_request.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/time/time.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/generation_fields.h"
#include "server/http_message.h"
#include "server/json_fields.h"
#include "server/ollama_messages.h"
#include "server/ollama_options.h"

namespace hwledger {
namespace {

using nlohmann::json;

// "json", or a JSON Schema.
absl::Status ReadFormat(const JsonFields& fields,
                        v1::RunInferenceRequest& request) {
  const json* format = fields.Find("format");
  if (format == nullptr || *format == "") return absl::OkStatus();
  if (*format == "json") {
    request.set_json_schema(R"({"type":"object"})");
  } else if (format->is_object()) {
    request.set_json_schema(ToText(*format));
  } else {
    return MustBe("format", "\"json\" or a JSON Schema", *format);
  }
  return absl::OkStatus();
}

absl::Status ReadLogprobs(const JsonFields& fields,
                          v1::RunInferenceRequest& request) {
  ABSL_ASSIGN_OR_RETURN(const bool logprobs, fields.Flag("logprobs"));
  ABSL_ASSIGN_OR_RETURN(const auto top, fields.SmallInteger("top_logprobs"));
  if (logprobs) request.set_top_logprobs(top.value_or(0));
  return absl::OkStatus();
}

// How much is for the model itself to decide: the levels are all "yes".
absl::Status ReadThink(const JsonFields& fields, v1::Chat& chat) {
  const json* think = fields.Find("think");
  if (think == nullptr) return absl::OkStatus();
  if (think->is_boolean()) {
    chat.set_thinking(think->get<bool>());
    return absl::OkStatus();
  }
  for (const char* level : {"low", "medium", "high", "max"}) {
    if (*think == level) {
      chat.set_thinking(true);
      return absl::OkStatus();
    }
  }
  return MustBe("think", "true, false, low, medium, high or max", *think);
}

// What chats and prompts have in common.
absl::StatusOr<OllamaGeneration> ReadGeneration(const JsonFields& fields) {
  ABSL_RETURN_IF_ERROR(fields.Refuse({"shift", "_debug_render_only"}));
  OllamaGeneration read;
  v1::RunInferenceRequest& request = read.request;
  ABSL_ASSIGN_OR_RETURN(*request.mutable_model_id(), ReadModel(fields));
  ABSL_RETURN_IF_ERROR(ReadOllamaSampling(fields, request));
  ABSL_RETURN_IF_ERROR(ReadOllamaLoad(fields, *request.mutable_load()));
  ABSL_RETURN_IF_ERROR(ReadFormat(fields, request));
  ABSL_RETURN_IF_ERROR(ReadLogprobs(fields, request));
  ABSL_ASSIGN_OR_RETURN(const bool truncate,
                        fields.Flag("truncate", /*absent=*/true));
  request.set_truncate_prompt(truncate);
  ABSL_ASSIGN_OR_RETURN(const auto keep_alive, ReadKeepAlive(fields));
  read.is_kept = keep_alive != absl::ZeroDuration();
  ABSL_ASSIGN_OR_RETURN(read.is_streamed,
                        fields.Flag("stream", /*absent=*/true));
  return read;
}

void AddMessage(const char* role, std::string content, v1::Chat& chat) {
  v1::ChatMessage& message = *chat.add_messages();
  message.set_role(role);
  message.set_content(std::move(content));
}

absl::StatusOr<v1::EmbedRequest> ReadEmbed(const JsonFields& fields,
                                           std::string_view texts_name) {
  v1::EmbedRequest request;
  ABSL_ASSIGN_OR_RETURN(*request.mutable_model_id(), ReadModel(fields));
  ABSL_RETURN_IF_ERROR(ReadOllamaLoad(fields, *request.mutable_load()));
  ABSL_ASSIGN_OR_RETURN(auto texts, fields.Texts(texts_name));
  if (texts == std::vector<std::string>{""}) texts.clear();
  for (std::string& text : texts) request.add_texts(std::move(text));
  return request;
}

}  // namespace

absl::StatusOr<OllamaGeneration> FromOllamaChat(const json& body) {
  const JsonFields fields(body);
  ABSL_ASSIGN_OR_RETURN(OllamaGeneration read, ReadGeneration(fields));
  v1::Chat chat;
  ABSL_RETURN_IF_ERROR(ReadThink(fields, chat));
  ABSL_RETURN_IF_ERROR(ReadTools(fields, chat));
  ABSL_RETURN_IF_ERROR(ReadOllamaMessages(fields, chat));
  if (!chat.messages().empty()) *read.request.mutable_chat() = std::move(chat);
  return read;
}

absl::StatusOr<OllamaGeneration> FromOllamaGenerate(const json& body) {
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(
      fields.Refuse({"suffix", "template", "images", "context"}));
  ABSL_ASSIGN_OR_RETURN(OllamaGeneration read, ReadGeneration(fields));
  ABSL_ASSIGN_OR_RETURN(auto prompt, fields.Text("prompt"));
  ABSL_ASSIGN_OR_RETURN(auto system, fields.Text("system"));
  ABSL_ASSIGN_OR_RETURN(const bool is_raw, fields.Flag("raw"));
  v1::Chat chat;
  ABSL_RETURN_IF_ERROR(ReadThink(fields, chat));
  if (prompt.value_or("").empty()) return read;
  const bool has_system = !system.value_or("").empty();
  if (is_raw) {
    if (has_system) return FieldError("system", "must be absent where raw is");
    read.request.set_prompt(*std::move(prompt));
    return read;
  }
  if (has_system) AddMessage("system", *std::move(system), chat);
  AddMessage("user", *std::move(prompt), chat);
  *read.request.mutable_chat() = std::move(chat);
  return read;
}

absl::StatusOr<v1::EmbedRequest> FromOllamaEmbed(const json& body) {
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(fields.Refuse({"dimensions"}));
  ABSL_RETURN_IF_ERROR(fields.Flag("truncate").status());
  return ReadEmbed(fields, "input");
}

absl::StatusOr<v1::EmbedRequest> FromOllamaEmbeddings(const json& body) {
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(fields.Text("prompt").status());
  ABSL_ASSIGN_OR_RETURN(v1::EmbedRequest request, ReadEmbed(fields, "prompt"));
  request.set_normalize(false);
  return request;
}

absl::StatusOr<std::string> FromOllamaShow(const json& body) {
  const JsonFields fields(body);
  // The older word for it.
  ABSL_ASSIGN_OR_RETURN(auto name, fields.Text("name"));
  if (name && fields.Find("model") == nullptr) return *std::move(name);
  return ReadModel(fields);
}

}  // namespace hwledger
