#include "core/model/header_draft.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// The rule of llama.cpp's conversion/base.py, prepare_tensors.
bool StaysExact(std::string_view name, size_t dimension_count) {
  return dimension_count < 2 || !absl::EndsWith(name, ".weight") ||
         name == "position_embd.weight" ||
         absl::EndsWith(name, ".altup_correct_coef.weight") ||
         absl::EndsWith(name, ".altup_predict_coef.weight") ||
         absl::EndsWith(name, "_norm.weight") ||
         absl::EndsWith(name, ".ffn_gate_inp.weight") ||
         absl::EndsWith(name, ".ssm_conv1d.weight");
}

}  // namespace

std::string BlockTensor(int64_t block, std::string_view name) {
  return absl::StrCat("blk.", block, ".", name);
}

HeaderDraft::HeaderDraft(std::string architecture, const TensorType* weights)
    : architecture_(std::move(architecture)), weights_(weights) {
  SetGeneral("general.architecture", architecture_);
}

void HeaderDraft::Set(std::string_view key, GgufValue value) {
  SetGeneral(absl::StrCat(architecture_, ".", key), std::move(value));
}

void HeaderDraft::SetGeneral(std::string_view key, GgufValue value) {
  header_.metadata.insert_or_assign(std::string(key), std::move(value));
}

void HeaderDraft::Add(std::string name, std::vector<int64_t> dimensions) {
  // Of DBRX alone the converter rounds the routers too.
  const bool exact = StaysExact(name, dimensions.size()) &&
                     !(architecture_ == "dbrx" &&
                       absl::EndsWith(name, ".ffn_gate_inp.weight"));
  AddTyped(std::move(name), std::move(dimensions),
           exact ? FindTensorType("F32") : weights_);
}

void HeaderDraft::AddTyped(std::string name, std::vector<int64_t> dimensions,
                           const TensorType* type) {
  header_.tensors.push_back({.name = std::move(name),
                             .type = type,
                             .dimensions = std::move(dimensions)});
}

GgufHeader HeaderDraft::Finish() && {
  PlaceTensors(header_);
  return std::move(header_);
}

}  // namespace hwledger
