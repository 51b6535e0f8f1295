#include "core/model/stored_warning.h"

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

// Without the tables of RoPE factors, which come from the config.
int64_t ParameterCount(const GgufHeader& header) {
  int64_t count = 0;
  for (const GgufTensor& tensor : header.tensors) {
    if (absl::StartsWith(tensor.name, "rope_")) continue;
    if (__builtin_add_overflow(count, tensor.element_count(), &count)) break;
  }
  return count;
}

// How the weights are stored; nothing for plain numbers.
std::optional<std::string> MethodOf(std::string_view config_json) {
  const absl::StatusOr<nlohmann::json> config = ParseShallowJson(config_json);
  if (!config.ok()) return std::nullopt;
  const auto quantization = config->find("quantization_config");
  if (quantization == config->end() || !quantization->is_object()) {
    return std::nullopt;
  }
  const auto method = quantization->find("quant_method");
  return method != quantization->end() && method->is_string()
             ? method->get<std::string>()
             : "quantized";
}

}  // namespace

std::optional<std::string> StoredWarning(std::string_view config_json,
                                         const GgufHeader& header,
                                         const StoredTensors& stored) {
  const int64_t converted = ParameterCount(header);
  const int64_t kept = stored.element_count - stored.constant_count;
  if (kept == converted) return std::nullopt;
  if (const auto method = MethodOf(config_json)) {
    return absl::StrFormat(
        "The files store the weights in another form (%s: %d bytes, %d "
        "elements); the sizes are those of the %d parameters that llama.cpp "
        "makes of them.",
        *method, stored.size.count(), kept, converted);
  }
  if (kept > converted) {
    return absl::StrFormat(
        "The files store %d parameters, %d more than the model that llama.cpp "
        "makes of config.json has: it leaves tensors out, such as those for "
        "images or for predicting several tokens at once, or the files belong "
        "to another config.",
        kept, kept - converted);
  }
  return absl::StrFormat(
      "The files store %d parameters, %d fewer than config.json describes: "
      "tensors are missing, or the files belong to another config.",
      kept, converted - kept);
}

}  // namespace hwledger
