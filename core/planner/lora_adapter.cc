#include <map>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/planner/additions.h"

namespace hwledger {
namespace {

// What ggml's buffers round the size of each tensor up to (TENSOR_ALIGNMENT).
constexpr int64_t kAlignment = 32;

struct Pair {
  const GgufTensor* a = nullptr;
  const GgufTensor* b = nullptr;
};

absl::Status ExpectText(const GgufHeader& header, std::string_view key,
                        std::string_view expected) {
  const std::string text = header.Text(key).value_or("");
  if (text == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "expected ", key, " \"", expected, "\"; got \"", text, "\""));
}

// By the name of the tensor that a pair adapts. Norms are passed over.
absl::StatusOr<std::map<std::string_view, Pair>> PairsOf(
    const GgufHeader& header) {
  std::map<std::string_view, Pair> pairs;
  for (const GgufTensor& tensor : header.tensors) {
    std::string_view name = tensor.name;
    if (absl::ConsumeSuffix(&name, ".lora_a")) {
      pairs[name].a = &tensor;
    } else if (absl::ConsumeSuffix(&name, ".lora_b")) {
      pairs[name].b = &tensor;
    } else if (!absl::EndsWith(name, "_norm.weight")) {
      return absl::InvalidArgumentError(
          absl::StrCat("a tensor that is no part of an adapter: '", name, "'"));
    }
  }
  return pairs;
}

int64_t Dimension(const GgufTensor& tensor, size_t index) {
  return index < tensor.dimensions.size() ? tensor.dimensions[index] : 1;
}

// An embedding is looked up, not multiplied with: there the two change places.
bool Adapts(const Pair& pair, const GgufTensor& base) {
  if (absl::EndsWith(base.name, "token_embd.weight")) {
    return Dimension(base, 0) == Dimension(*pair.b, 1) &&
           Dimension(base, 1) == Dimension(*pair.a, 1);
  }
  return Dimension(base, 0) == Dimension(*pair.a, 0) &&
         Dimension(base, 1) == Dimension(*pair.b, 1) &&
         Dimension(*pair.a, 1) == Dimension(*pair.b, 0);
}

Bytes Allocated(const GgufTensor& tensor) {
  const int64_t size = tensor.size().count();
  return Bytes((size + kAlignment - 1) / kAlignment * kAlignment);
}

// Where the engine keeps what the tensor `base` adapts.
Bytes& PlaceOf(const GgufTensor& base, LoraAdapter& adapter) {
  const auto block = base.block();
  if (block && *block >= 0 && *block < std::ssize(adapter.layers)) {
    LoraAdapter::Layer& layer = adapter.layers[static_cast<size_t>(*block)];
    return absl::StrContains(base.name, "exps") ? layer.expert_weights
                                                : layer.weights;
  }
  return absl::StartsWith(base.name, "output") ? adapter.output_weights
                                               : adapter.input_weights;
}

}  // namespace

absl::StatusOr<LoraAdapter> LoraOf(const GgufHeader& header,
                                   const GgufHeader& model,
                                   int64_t layer_count) {
  ABSL_RETURN_IF_ERROR(ExpectText(header, "general.type", "adapter"));
  ABSL_RETURN_IF_ERROR(
      ExpectText(header, "general.architecture",
                 model.Text("general.architecture").value_or("")));
  ABSL_RETURN_IF_ERROR(ExpectText(header, "adapter.type", "lora"));
  ABSL_ASSIGN_OR_RETURN(const auto pairs, PairsOf(header));

  std::map<std::string_view, const GgufTensor*> bases;
  for (const GgufTensor& tensor : model.tensors) bases[tensor.name] = &tensor;
  LoraAdapter adapter;
  adapter.layers.resize(static_cast<size_t>(layer_count));
  for (const auto& [name, pair] : pairs) {
    const auto base = bases.find(name);
    if (base == bases.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the model has no tensor '", name, "'"));
    }
    if (pair.a == nullptr || pair.b == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("half of the pair for '", name, "' is missing"));
    }
    if (!Adapts(pair, *base->second)) {
      return absl::InvalidArgumentError(
          absl::StrCat("made for a model with another shape of '", name, "'"));
    }
    PlaceOf(*base->second, adapter) += Allocated(*pair.a) + Allocated(*pair.b);
  }
  return adapter;
}

}  // namespace hwledger
