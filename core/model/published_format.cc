#include "core/model/published_format.h"

#include <string>

#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

using Json = nlohmann::json;

std::string TextOf(const Json& object, const char* key) {
  const auto value = object.find(key);
  return value != object.end() && value->is_string() ? value->get<std::string>()
                                                     : "";
}

// 0 where there is none.
int64_t CountOf(const Json& object, const char* key) {
  const auto value = object.find(key);
  return value != object.end() && value->is_number_integer()
             ? value->get<int64_t>()
             : 0;
}

bool FlagOf(const Json& object, const char* key) {
  const auto value = object.find(key);
  return value != object.end() && value->is_boolean() && value->get<bool>();
}

// Whole rows share a scale where group_size is -1, which is next to nothing.
std::optional<WeightFormat> Grouped(const Json& quantization, int64_t bits,
                                    WeightPrecision precision) {
  const int64_t group = CountOf(quantization, "group_size");
  if (CountOf(quantization, "bits") != bits || group < 0) return std::nullopt;
  return WeightFormat{.precision = precision, .group_elements = group};
}

WeightPrecision BitsAndBytes(const Json& quantization) {
  if (!FlagOf(quantization, "load_in_4bit")) return WeightPrecision::kInt8;
  return FlagOf(quantization, "bnb_4bit_use_double_quant")
             ? WeightPrecision::kNf4DoubleQuant
             : WeightPrecision::kNf4;
}

std::optional<WeightFormat> OfQuantization(const Json& quantization) {
  const std::string method = TextOf(quantization, "quant_method");
  const auto as = [](WeightPrecision precision) {
    return WeightFormat{.precision = precision};
  };
  if (method == "fp8") {
    return as(quantization.contains("weight_block_size")
                  ? WeightPrecision::kFp8Block
                  : WeightPrecision::kFp8);
  }
  if (method == "fbgemm_fp8") return as(WeightPrecision::kFp8);
  if (method == "mxfp4") return as(WeightPrecision::kMxfp4);
  if (method == "bitsandbytes") return as(BitsAndBytes(quantization));
  if (method == "awq") return Grouped(quantization, 4, WeightPrecision::kAwq);
  if (method == "gptq") return Grouped(quantization, 4, WeightPrecision::kGptq);
  if (method == "modelopt") {
    const std::string algorithm = TextOf(quantization, "quant_algo");
    if (algorithm == "FP8") return as(WeightPrecision::kFp8);
    if (algorithm == "NVFP4") return as(WeightPrecision::kNvfp4);
  }
  // mlx_lm.convert names bits and group alone.
  if (method.empty()) {
    if (auto mlx = Grouped(quantization, 4, WeightPrecision::kMlx4)) return mlx;
    return Grouped(quantization, 8, WeightPrecision::kMlx8);
  }
  return std::nullopt;
}

}  // namespace

std::optional<WeightFormat> PublishedFormat(std::string_view config_json) {
  const absl::StatusOr<Json> config = ParseShallowJson(config_json);
  if (!config.ok() || !config->is_object()) return std::nullopt;
  const auto quantization = config->find("quantization_config");
  if (quantization == config->end() || quantization->is_null()) {
    return WeightFormat{};
  }
  if (!quantization->is_object()) return std::nullopt;
  return OfQuantization(*quantization);
}

}  // namespace hwledger
