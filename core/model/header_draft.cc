#include "core/model/header_draft.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace hwledger {
namespace {

// Ends of the names of matrices that stay exact, before ".weight".
constexpr std::string_view kExact[] = {
    ".altup_correct_coef",  ".altup_predict_coef",
    ".ffn_gate_inp",        ".ffn_gate_inp_shexp",
    ".shortconv.conv",      ".ssm_conv1d",
    ".ssm_conv1d_k",        ".ssm_conv1d_q",
    ".ssm_conv1d_v",        ".time_mix_decay_w1",
    ".time_mix_decay_w2",   ".time_mix_first",
    ".time_mix_lerp_fused", ".time_mix_w1",
    ".time_mix_w2",         "_norm",
};

// The rule of llama.cpp's conversion/base.py, prepare_tensors.
bool StaysExact(std::string_view name, size_t dimension_count) {
  if (dimension_count < 2 || name == "position_embd.weight" ||
      !absl::ConsumeSuffix(&name, ".weight")) {
    return true;
  }
  return absl::c_any_of(
      kExact, [name](std::string_view end) { return name.ends_with(end); });
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
