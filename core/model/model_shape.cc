#include "core/model/model_shape.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "core/model/architecture_keys.h"
#include "core/model/layer_memory.h"
#include "core/model/layer_weights.h"

namespace hwledger {
namespace {

struct FileType {
  int64_t id = 0;
  std::string_view name;
};

// llama.h: llama_ftype, by the names that llama-quantize takes.
constexpr FileType kFileTypes[] = {
    {0, "F32"},        {1, "F16"},     {2, "Q4_0"},    {3, "Q4_1"},
    {7, "Q8_0"},       {8, "Q5_0"},    {9, "Q5_1"},    {10, "Q2_K"},
    {11, "Q3_K_S"},    {12, "Q3_K_M"}, {13, "Q3_K_L"}, {14, "Q4_K_S"},
    {15, "Q4_K_M"},    {16, "Q5_K_S"}, {17, "Q5_K_M"}, {18, "Q6_K"},
    {19, "IQ2_XXS"},   {20, "IQ2_XS"}, {21, "Q2_K_S"}, {22, "IQ3_XS"},
    {23, "IQ3_XXS"},   {24, "IQ1_S"},  {25, "IQ4_NL"}, {26, "IQ3_S"},
    {27, "IQ3_M"},     {28, "IQ2_S"},  {29, "IQ2_M"},  {30, "IQ4_XS"},
    {31, "IQ1_M"},     {32, "BF16"},   {36, "TQ1_0"},  {37, "TQ2_0"},
    {38, "MXFP4_MOE"},
};

// As the file names it; else the type that most of its bytes are of.
std::string QuantizationOf(const GgufHeader& header) {
  const std::optional<int64_t> file_type = header.Integer("general.file_type");
  for (const FileType& known : kFileTypes) {
    if (file_type == known.id) return std::string(known.name);
  }
  std::map<std::string_view, Bytes> sizes;
  for (const GgufTensor& tensor : header.tensors) {
    sizes[tensor.type->name] += tensor.size();
  }
  const auto largest = absl::c_max_element(
      sizes, [](const auto& a, const auto& b) { return a.second < b.second; });
  return largest == sizes.end() ? "" : std::string(largest->first);
}

}  // namespace

absl::StatusOr<ModelShape> ShapeOf(const GgufHeader& header) {
  ABSL_ASSIGN_OR_RETURN(const ArchitectureKeys keys,
                        ArchitectureKeys::Create(header));
  ModelShape shape = {.name = header.Text("general.name").value_or(""),
                      .architecture = keys.architecture(),
                      .quantization = QuantizationOf(header)};
  ABSL_ASSIGN_OR_RETURN(shape.layers, LayerMemory(keys));
  ABSL_ASSIGN_OR_RETURN(shape.embedding_elements,
                        keys.Required("embedding_length"));
  ABSL_ASSIGN_OR_RETURN(const int64_t experts_used,
                        keys.Optional("expert_used_count", 0));
  ABSL_RETURN_IF_ERROR(AddWeights(header, experts_used, shape));
  shape.context_tokens_max = std::max<int64_t>(
      header.Integer(keys.architecture() + ".context_length").value_or(0), 0);
  return shape;
}

}  // namespace hwledger
