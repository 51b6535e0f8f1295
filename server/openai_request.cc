#include "server/openai_request.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/generation_fields.h"
#include "server/http_message.h"
#include "server/json_fields.h"
#include "server/openai_messages.h"

namespace hwledger {
namespace {

using nlohmann::json;

absl::Status OnlyOne(const JsonFields& fields, std::string_view name) {
  ABSL_ASSIGN_OR_RETURN(const auto count, fields.Integer(name));
  if (count.value_or(1) == 1) return absl::OkStatus();
  return FieldError(name, absl::StrCat("must be 1; got ", *count));
}

absl::Status ReadLogitBias(const JsonFields& fields, v1::Sampling& sampling) {
  const json* biases = fields.Find("logit_bias");
  if (biases == nullptr) return absl::OkStatus();
  if (!biases->is_object()) {
    return MustBe("logit_bias", "an object", *biases);
  }
  for (const auto& [token, bias] : biases->items()) {
    int32_t id = 0;
    if (!absl::SimpleAtoi(token, &id)) {
      return FieldError("logit_bias",
                        absl::StrCat("must be by token; got \"", token, "\""));
    }
    if (!bias.is_number()) return MustBe("logit_bias", "of numbers", bias);
    v1::LogitBias& added = *sampling.add_logit_bias();
    added.set_token_id(id);
    added.set_bias(bias.get<double>());
  }
  return absl::OkStatus();
}

// What chats and completions have in common.
absl::StatusOr<OpenAiGeneration> ReadGeneration(const JsonFields& fields) {
  OpenAiGeneration read;
  ABSL_ASSIGN_OR_RETURN(*read.request.mutable_model_id(), ReadModel(fields));
  v1::Sampling& sampling = *read.request.mutable_sampling();
  // "top_k" and "min_p" are not theirs, but what servers of local models take.
  ABSL_RETURN_IF_ERROR(ReadSampling(fields, sampling));
  ABSL_RETURN_IF_ERROR(ReadLogitBias(fields, sampling));
  ABSL_RETURN_IF_ERROR(ReadStops(fields, read.request));
  ABSL_RETURN_IF_ERROR(OnlyOne(fields, "n"));
  ABSL_ASSIGN_OR_RETURN(const auto max_tokens,
                        fields.SmallInteger("max_tokens"));
  if (max_tokens) read.request.set_max_tokens(*max_tokens);
  ABSL_ASSIGN_OR_RETURN(auto user, fields.Text("user"));
  if (user) read.request.set_user(*std::move(user));
  ABSL_ASSIGN_OR_RETURN(read.is_streamed, fields.Flag("stream"));
  ABSL_ASSIGN_OR_RETURN(const auto options, fields.Object("stream_options"));
  if (options) {
    ABSL_ASSIGN_OR_RETURN(read.wants_usage, options->Flag("include_usage"));
  }
  return read;
}

absl::Status ReadResponseFormat(const JsonFields& fields,
                                v1::RunInferenceRequest& request) {
  ABSL_ASSIGN_OR_RETURN(const auto format, fields.Object("response_format"));
  if (!format) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const auto type, format->Text("type"));
  if (type == "text") return absl::OkStatus();
  if (type == "json_object") {
    request.set_json_schema(R"({"type":"object"})");
    return absl::OkStatus();
  }
  if (type != "json_schema") {
    return FieldError("response_format.type",
                      absl::StrCat("must be text, json_object or json_schema; "
                                   "got \"",
                                   type.value_or(""), "\""));
  }
  const json* json_schema = format->Find("json_schema");
  const json* schema = nullptr;
  if (json_schema != nullptr && json_schema->is_object()) {
    schema = JsonFields(*json_schema).Find("schema");
  }
  if (schema == nullptr) {
    return FieldError("response_format.json_schema.schema", "must be given");
  }
  request.set_json_schema(ToText(*schema));
  return absl::OkStatus();
}

absl::Status ReadChatLogprobs(const JsonFields& fields,
                              v1::RunInferenceRequest& request) {
  ABSL_ASSIGN_OR_RETURN(const bool logprobs, fields.Flag("logprobs"));
  ABSL_ASSIGN_OR_RETURN(const auto top, fields.SmallInteger("top_logprobs"));
  if (logprobs) {
    request.set_top_logprobs(top.value_or(0));
  } else if (top.value_or(0) != 0) {
    return FieldError("top_logprobs", "needs logprobs");
  }
  return absl::OkStatus();
}

absl::Status ReadReasoningEffort(const JsonFields& fields, v1::Chat& chat) {
  ABSL_ASSIGN_OR_RETURN(const auto effort, fields.Text("reasoning_effort"));
  if (effort) chat.set_thinking(*effort != "none");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadTexts(const JsonFields& fields,
                                                   std::string_view name) {
  if (fields.Find(name) == nullptr) return FieldError(name, "must be given");
  return fields.Texts(name);
}

}  // namespace

absl::StatusOr<OpenAiGeneration> FromOpenAiChat(const json& body) {
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(
      fields.Refuse({"audio", "functions", "function_call", "prediction",
                     "store", "verbosity", "web_search_options"}));
  const json* modalities = fields.Find("modalities");
  if (modalities != nullptr && *modalities != json::array({"text"})) {
    return FieldError("modalities", "must be text only");
  }
  ABSL_ASSIGN_OR_RETURN(const bool is_parallel,
                        fields.Flag("parallel_tool_calls"));
  if (!is_parallel && fields.Find("parallel_tool_calls") != nullptr) {
    return FieldError("parallel_tool_calls", "must be true");
  }
  ABSL_ASSIGN_OR_RETURN(OpenAiGeneration read, ReadGeneration(fields));
  ABSL_ASSIGN_OR_RETURN(const auto max_tokens,
                        fields.SmallInteger("max_completion_tokens"));
  if (max_tokens) read.request.set_max_tokens(*max_tokens);
  ABSL_RETURN_IF_ERROR(ReadResponseFormat(fields, read.request));
  ABSL_RETURN_IF_ERROR(ReadChatLogprobs(fields, read.request));
  v1::Chat& chat = *read.request.mutable_chat();
  ABSL_RETURN_IF_ERROR(ReadReasoningEffort(fields, chat));
  ABSL_RETURN_IF_ERROR(ReadOpenAiTools(fields, chat));
  ABSL_RETURN_IF_ERROR(ReadOpenAiMessages(fields, chat));
  return read;
}

absl::StatusOr<OpenAiGeneration> FromOpenAiCompletion(const json& body) {
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(fields.Refuse({"echo", "suffix"}));
  ABSL_RETURN_IF_ERROR(OnlyOne(fields, "best_of"));
  ABSL_ASSIGN_OR_RETURN(OpenAiGeneration read, ReadGeneration(fields));
  ABSL_ASSIGN_OR_RETURN(const auto logprobs, fields.SmallInteger("logprobs"));
  if (logprobs) read.request.set_top_logprobs(*logprobs);
  ABSL_ASSIGN_OR_RETURN(auto prompts, ReadTexts(fields, "prompt"));
  if (prompts.size() != 1) {
    return FieldError("prompt",
                      absl::StrCat("must be one text; got ", prompts.size()));
  }
  read.request.set_prompt(std::move(prompts[0]));
  return read;
}

absl::StatusOr<OpenAiEmbedding> FromOpenAiEmbedding(const json& body) {
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(fields.Refuse({"dimensions"}));
  OpenAiEmbedding read;
  ABSL_ASSIGN_OR_RETURN(*read.request.mutable_model_id(), ReadModel(fields));
  ABSL_ASSIGN_OR_RETURN(const auto format, fields.Text("encoding_format"));
  read.is_base64 = format == "base64";
  if (format && !read.is_base64 && *format != "float") {
    return FieldError(
        "encoding_format",
        absl::StrCat("must be float or base64; got \"", *format, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(auto texts, ReadTexts(fields, "input"));
  for (std::string& text : texts) read.request.add_texts(std::move(text));
  return read;
}

}  // namespace hwledger
