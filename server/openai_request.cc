#include "server/openai_request.h"

#include <initializer_list>
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
#include "server/http_message.h"
#include "server/json_fields.h"
#include "server/openai_messages.h"

namespace hwledger {
namespace {

using nlohmann::json;

absl::Status Unsupported(std::string_view place) {
  return FieldError(place, "is not supported");
}

// Where one of them asks for anything.
absl::Status RefuseFields(const JsonFields& fields,
                          std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const json* value = fields.Find(name);
    if (value != nullptr && *value != false && *value != "") {
      return Unsupported(name);
    }
  }
  return absl::OkStatus();
}

absl::Status OnlyOne(const JsonFields& fields, std::string_view name) {
  ABSL_ASSIGN_OR_RETURN(const auto count, fields.Integer(name));
  if (count.value_or(1) == 1) return absl::OkStatus();
  return FieldError(name, absl::StrCat("must be 1; got ", *count));
}

absl::Status ReadStops(const JsonFields& fields,
                       v1::RunInferenceRequest& request) {
  const json* stop = fields.Find("stop");
  if (stop == nullptr) return absl::OkStatus();
  if (stop->is_string()) {
    request.add_stop(stop->get<std::string>());
    return absl::OkStatus();
  }
  for (const json& one : stop->is_array() ? *stop : json::array({*stop})) {
    if (!one.is_string()) {
      return MustBe("stop", "a string or an array of strings", one);
    }
    request.add_stop(one.get<std::string>());
  }
  return absl::OkStatus();
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

absl::Status ReadSampling(const JsonFields& fields, v1::Sampling& sampling) {
  ABSL_ASSIGN_OR_RETURN(const auto temperature, fields.Number("temperature"));
  if (temperature) sampling.set_temperature(*temperature);
  ABSL_ASSIGN_OR_RETURN(const auto top_p, fields.Number("top_p"));
  if (top_p) sampling.set_top_p(*top_p);
  ABSL_ASSIGN_OR_RETURN(const auto frequency,
                        fields.Number("frequency_penalty"));
  if (frequency) sampling.set_frequency_penalty(*frequency);
  ABSL_ASSIGN_OR_RETURN(const auto presence, fields.Number("presence_penalty"));
  if (presence) sampling.set_presence_penalty(*presence);
  ABSL_ASSIGN_OR_RETURN(const auto seed, fields.Integer("seed"));
  if (seed) sampling.set_seed(*seed);
  // Not theirs, but what servers of local models take besides.
  ABSL_ASSIGN_OR_RETURN(const auto top_k, fields.SmallInteger("top_k"));
  if (top_k) sampling.set_top_k(*top_k);
  ABSL_ASSIGN_OR_RETURN(const auto min_p, fields.Number("min_p"));
  if (min_p) sampling.set_min_p(*min_p);
  return ReadLogitBias(fields, sampling);
}

absl::StatusOr<std::string> ReadModel(const JsonFields& fields) {
  ABSL_ASSIGN_OR_RETURN(auto model, fields.Text("model"));
  if (!model) return FieldError("model", "must be given");
  return *std::move(model);
}

// What chats and completions have in common.
absl::StatusOr<OpenAiGeneration> ReadGeneration(const JsonFields& fields) {
  OpenAiGeneration read;
  ABSL_ASSIGN_OR_RETURN(*read.request.mutable_model_id(), ReadModel(fields));
  ABSL_RETURN_IF_ERROR(ReadSampling(fields, *read.request.mutable_sampling()));
  ABSL_RETURN_IF_ERROR(ReadStops(fields, read.request));
  ABSL_RETURN_IF_ERROR(OnlyOne(fields, "n"));
  ABSL_ASSIGN_OR_RETURN(const auto max_tokens,
                        fields.SmallInteger("max_tokens"));
  if (max_tokens) read.request.set_max_tokens(*max_tokens);
  ABSL_ASSIGN_OR_RETURN(auto user, fields.Text("user"));
  if (user) read.request.set_user(*std::move(user));
  ABSL_ASSIGN_OR_RETURN(read.is_streamed, fields.Flag("stream"));
  if (const json* options = fields.Find("stream_options")) {
    if (!options->is_object()) {
      return MustBe("stream_options", "an object", *options);
    }
    ABSL_ASSIGN_OR_RETURN(
        read.wants_usage,
        JsonFields(*options, "stream_options").Flag("include_usage"));
  }
  return read;
}

absl::Status ReadResponseFormat(const JsonFields& fields,
                                v1::RunInferenceRequest& request) {
  const json* format = fields.Find("response_format");
  if (format == nullptr) return absl::OkStatus();
  if (!format->is_object()) {
    return MustBe("response_format", "an object", *format);
  }
  const JsonFields within(*format, "response_format");
  ABSL_ASSIGN_OR_RETURN(const auto type, within.Text("type"));
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
  const json* json_schema = within.Find("json_schema");
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

// One text, or an array of texts.
absl::StatusOr<std::vector<std::string>> ReadTexts(const JsonFields& fields,
                                                   std::string_view name) {
  const json* value = fields.Find(name);
  if (value == nullptr) return FieldError(name, "must be given");
  if (value->is_string()) return std::vector{value->get<std::string>()};
  if (!value->is_array()) {
    return MustBe(name, "a string or an array of strings", *value);
  }
  std::vector<std::string> texts;
  for (const json& text : *value) {
    if (!text.is_string()) {
      return MustBe(name, "of strings; tokens are not supported", text);
    }
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

absl::Status CheckBody(const json& body) {
  if (body.is_object()) return absl::OkStatus();
  return absl::InvalidArgumentError("the body must be a JSON object");
}

}  // namespace

absl::StatusOr<OpenAiGeneration> FromOpenAiChat(const json& body) {
  ABSL_RETURN_IF_ERROR(CheckBody(body));
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(
      RefuseFields(fields, {"audio", "functions", "function_call", "prediction",
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
  ABSL_RETURN_IF_ERROR(CheckBody(body));
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(RefuseFields(fields, {"echo", "suffix"}));
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
  ABSL_RETURN_IF_ERROR(CheckBody(body));
  const JsonFields fields(body);
  ABSL_RETURN_IF_ERROR(RefuseFields(fields, {"dimensions"}));
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
