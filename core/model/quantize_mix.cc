#include "core/model/quantize_mix.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/closest_names.h"
#include "core/field_error.h"
#include "core/model/mix_rules.h"
#include "core/model/weight_precision.h"

namespace hwledger {
namespace {

struct Mix {
  std::string_view name;
  int64_t file_type = 0;  // LLAMA_FTYPE_*, general.file_type
  std::string_view base;  // The type it starts from.
};

constexpr Mix kMixes[] = {
    {"F32", 0, "F32"},          {"F16", 1, "F16"},
    {"BF16", 32, "BF16"},       {"Q8_0", 7, "Q8_0"},
    {"Q4_0", 2, "Q4_0"},        {"Q4_1", 3, "Q4_1"},
    {"Q5_0", 8, "Q5_0"},        {"Q5_1", 9, "Q5_1"},
    {"Q2_K", 10, "Q2_K"},       {"Q2_K_S", 21, "Q2_K"},
    {"Q3_K_S", 11, "Q3_K"},     {"Q3_K_M", 12, "Q3_K"},
    {"Q3_K_L", 13, "Q3_K"},     {"Q4_K_S", 14, "Q4_K"},
    {"Q4_K_M", 15, "Q4_K"},     {"Q5_K_S", 16, "Q5_K"},
    {"Q5_K_M", 17, "Q5_K"},     {"Q6_K", 18, "Q6_K"},
    {"IQ1_S", 24, "IQ1_S"},     {"IQ1_M", 31, "IQ1_M"},
    {"IQ2_XXS", 19, "IQ2_XXS"}, {"IQ2_XS", 20, "IQ2_XS"},
    {"IQ2_S", 28, "IQ2_XS"},    {"IQ2_M", 29, "IQ2_S"},
    {"IQ3_XXS", 23, "IQ3_XXS"}, {"IQ3_XS", 22, "IQ3_S"},
    {"IQ3_S", 26, "IQ3_S"},     {"IQ3_M", 27, "IQ3_S"},
    {"IQ4_NL", 25, "IQ4_NL"},   {"IQ4_XS", 30, "IQ4_XS"},
    {"TQ1_0", 36, "TQ1_0"},     {"TQ2_0", 37, "TQ2_0"},
    {"MXFP4_MOE", 38, "MXFP4"}, {"Q1_0", 40, "Q1_0"},
    {"Q2_0", 41, "Q2_0"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"Q3_K", "Q3_K_M"}, {"Q4_K", "Q4_K_M"}, {"Q5_K", "Q5_K_M"}};

// Tensors that llama-quantize leaves as they are, by a part of their name:
// small, or hurt too much.
constexpr std::string_view kUntouched[] = {
    "_norm.weight",
    "ffn_gate_inp.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "time_mix_first.weight",
    "time_mix_w0.weight",
    "time_mix_w1.weight",
    "time_mix_w2.weight",
    "time_mix_v0.weight",
    "time_mix_v1.weight",
    "time_mix_v2.weight",
    "time_mix_a0.weight",
    "time_mix_a1.weight",
    "time_mix_a2.weight",
    "time_mix_g1.weight",
    "time_mix_g2.weight",
    "time_mix_decay_w1.weight",
    "time_mix_decay_w2.weight",
    "time_mix_lerp_fused.weight",
    "attn_rel_b.weight",
    "position_embd.weight",
    "token_types.weight",
};

// What a type falls back to where a row is not made of whole blocks of it.
constexpr std::pair<std::string_view, std::string_view> kFallbacks[] = {
    {"IQ1_S", "IQ4_NL"},  {"IQ1_M", "IQ4_NL"},  {"IQ2_XXS", "IQ4_NL"},
    {"IQ2_XS", "IQ4_NL"}, {"IQ2_S", "IQ4_NL"},  {"IQ3_XXS", "IQ4_NL"},
    {"IQ3_S", "IQ4_NL"},  {"IQ4_XS", "IQ4_NL"}, {"Q2_0", "Q4_0"},
    {"Q2_K", "Q4_0"},     {"Q3_K", "Q4_0"},     {"TQ1_0", "Q4_0"},
    {"TQ2_0", "Q4_0"},    {"Q4_K", "Q5_0"},     {"Q5_K", "Q5_1"},
    {"Q6_K", "Q8_0"},
};

absl::StatusOr<Mix> FindMix(std::string_view name) {
  for (const auto& [alias, mix] : kAliases) {
    if (absl::EqualsIgnoreCase(alias, name)) name = mix;
  }
  for (const Mix& mix : kMixes) {
    if (absl::EqualsIgnoreCase(mix.name, name)) return mix;
  }
  if (FindWeightPrecision(name)) {
    return FieldError(
        "quantization",
        absl::StrCat("must be a recipe of llama.cpp's, such as F16, Q8_0 or "
                     "Q4_K_M, unless runtime is another; got '",
                     name, "'"));
  }
  return FieldError(
      "quantization",
      absl::StrCat("must be a known recipe, such as F16, Q8_0 or "
                   "Q4_K_M; got '",
                   name, "'", DidYouMean(name, QuantizationNames())));
}

bool MayChange(const GgufTensor& tensor) {
  const bool flat =
      std::all_of(tensor.dimensions.begin() + 1, tensor.dimensions.end(),
                  [](int64_t dimension) { return dimension == 1; });
  return !flat && absl::EndsWith(tensor.name, "weight") &&
         std::ranges::none_of(kUntouched, [&](std::string_view part) {
           return absl::StrContains(tensor.name, part);
         });
}

bool FitsRows(const GgufTensor& tensor, const TensorType& type) {
  return tensor.dimensions[0] % type.block_elements == 0;
}

absl::StatusOr<const TensorType*> FittingType(const GgufTensor& tensor,
                                              std::string_view wanted) {
  const TensorType* type = FindTensorType(wanted);
  if (FitsRows(tensor, *type)) return type;
  for (const auto& [from, to] : kFallbacks) {
    if (from != wanted) continue;
    const TensorType* fallback = FindTensorType(to);
    return FitsRows(tensor, *fallback) ? fallback : FindTensorType("F16");
  }
  return FieldError(
      "quantization",
      absl::StrCat("must fit the rows of tensor '", tensor.name, "' of ",
                   tensor.dimensions[0], " elements; ", wanted,
                   " has blocks of ", type->block_elements));
}

// The order in which llama-quantize goes: block by block, in each by name; what
// is in no block comes first.
std::vector<GgufTensor*> InBlockOrder(GgufHeader& header) {
  std::vector<GgufTensor*> tensors;
  tensors.reserve(header.tensors.size());
  for (GgufTensor& tensor : header.tensors) tensors.push_back(&tensor);
  std::ranges::sort(tensors, {}, [](const GgufTensor* tensor) {
    return std::make_pair(tensor->block(), std::string_view(tensor->name));
  });
  return tensors;
}

std::string TypeOfMostBytes(const GgufHeader& header) {
  std::map<std::string_view, Bytes> sizes;
  for (const GgufTensor& tensor : header.tensors) {
    sizes[tensor.type->name] += tensor.size();
  }
  const auto largest = std::ranges::max_element(
      sizes, {}, [](const auto& entry) { return entry.second; });
  return largest == sizes.end() ? "" : std::string(largest->first);
}

}  // namespace

std::vector<std::string> QuantizationNames() {
  std::vector<std::string> names;
  for (const Mix& mix : kMixes) names.emplace_back(mix.name);
  return names;
}

absl::StatusOr<GgufHeader> Quantize(GgufHeader header, std::string_view mix) {
  ABSL_ASSIGN_OR_RETURN(const Mix recipe, FindMix(mix));
  const bool blocks = FindTensorType(recipe.base)->block_elements > 1;
  MixRules rules(recipe.name, recipe.base, header);
  for (GgufTensor* tensor : InBlockOrder(header)) {
    if (!MayChange(*tensor)) continue;
    const std::string_view wanted =
        blocks ? rules.TypeFor(*tensor) : recipe.base;
    ABSL_ASSIGN_OR_RETURN(tensor->type, FittingType(*tensor, wanted));
  }
  header.metadata["general.file_type"] = recipe.file_type;
  PlaceTensors(header);
  return header;
}

std::string QuantizationOf(const GgufHeader& header) {
  const std::optional<int64_t> file_type = header.Integer("general.file_type");
  for (const Mix& mix : kMixes) {
    if (file_type == mix.file_type) return std::string(mix.name);
  }
  return TypeOfMostBytes(header);
}

}  // namespace hwledger
