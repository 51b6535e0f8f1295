#include "server/generation_fields.h"

#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/http_message.h"
#include "server/rpc_message.h"

namespace hwledger {
namespace {

using nlohmann::json;

absl::Status ReadTool(const JsonFields& fields, v1::ChatTool& tool) {
  ABSL_ASSIGN_OR_RETURN(const JsonFields function, FunctionOf(fields));
  ABSL_ASSIGN_OR_RETURN(auto name, function.Text("name"));
  tool.set_name(std::move(name).value_or(""));
  ABSL_ASSIGN_OR_RETURN(auto description, function.Text("description"));
  tool.set_description(std::move(description).value_or(""));
  if (const json* parameters = function.Find("parameters")) {
    tool.set_parameters_schema(ToText(*parameters));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadModel(const JsonFields& fields) {
  ABSL_ASSIGN_OR_RETURN(auto model, fields.Text("model"));
  if (!model) return FieldError("model", "must be given");
  return *std::move(model);
}

absl::Status ReadSampling(const JsonFields& fields, v1::Sampling& sampling) {
  ABSL_ASSIGN_OR_RETURN(const auto temperature, fields.Number("temperature"));
  if (temperature) sampling.set_temperature(*temperature);
  ABSL_ASSIGN_OR_RETURN(const auto top_k, fields.SmallInteger("top_k"));
  if (top_k) sampling.set_top_k(*top_k);
  ABSL_ASSIGN_OR_RETURN(const auto top_p, fields.Number("top_p"));
  if (top_p) sampling.set_top_p(*top_p);
  ABSL_ASSIGN_OR_RETURN(const auto min_p, fields.Number("min_p"));
  if (min_p) sampling.set_min_p(*min_p);
  ABSL_ASSIGN_OR_RETURN(const auto frequency,
                        fields.Number("frequency_penalty"));
  if (frequency) sampling.set_frequency_penalty(*frequency);
  ABSL_ASSIGN_OR_RETURN(const auto presence, fields.Number("presence_penalty"));
  if (presence) sampling.set_presence_penalty(*presence);
  ABSL_ASSIGN_OR_RETURN(const auto seed, fields.Integer("seed"));
  if (seed) sampling.set_seed(*seed);
  return absl::OkStatus();
}

absl::Status ReadStops(const JsonFields& fields,
                       v1::RunInferenceRequest& request) {
  ABSL_ASSIGN_OR_RETURN(std::vector<std::string> stops, fields.Texts("stop"));
  for (std::string& stop : stops) request.add_stop(std::move(stop));
  return absl::OkStatus();
}

absl::StatusOr<JsonFields> FunctionOf(const JsonFields& fields) {
  ABSL_ASSIGN_OR_RETURN(const auto type, fields.Text("type"));
  if (type.value_or("function") != "function") {
    return FieldError(fields.PlaceOf("type"),
                      absl::StrCat("must be function; got \"", *type, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const auto function, fields.Object("function"));
  if (!function) {
    return FieldError(fields.PlaceOf("function"), "must be given");
  }
  return *function;
}

absl::Status ReadTools(const JsonFields& fields, v1::Chat& chat) {
  return fields.ForEach("tools", [&](const JsonFields& tool) {
    return ReadTool(tool, *chat.add_tools());
  });
}

absl::Status ReadToolCall(const JsonFields& fields, v1::ToolCall& call) {
  ABSL_ASSIGN_OR_RETURN(auto id, fields.Text("id"));
  call.set_id(std::move(id).value_or(""));
  ABSL_ASSIGN_OR_RETURN(const JsonFields function, FunctionOf(fields));
  ABSL_ASSIGN_OR_RETURN(auto name, function.Text("name"));
  call.set_name(std::move(name).value_or(""));
  const json* arguments = function.Find("arguments");
  if (arguments == nullptr || *arguments == "") return absl::OkStatus();
  const std::string text = arguments->is_string()
                               ? arguments->get<std::string>()
                               : ToText(*arguments);
  if (DecodeMessage(RpcEncoding::kJson, text, *call.mutable_arguments()).ok()) {
    return absl::OkStatus();
  }
  return MustBe(function.PlaceOf("arguments"),
                "an object, or the text of a JSON object", *arguments);
}

}  // namespace hwledger
