#include "core/model/mix_rules.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/model/tensor_type.h"

namespace hwledger {
namespace {

// No model is deeper; the rules multiply.
constexpr int64_t kLayersMax = 1 << 20;

// A number, or the first block's where every block has its own.
int64_t NumberOrFirst(const GgufHeader& header, std::string_view key) {
  if (const GgufArray* array = header.Array(key)) {
    return array->integers.empty() ? 0 : array->integers[0];
  }
  return header.Integer(key).value_or(0);
}

// The layers that lose most when they are stored in few bits: the first and
// the last eighth, and every third between.
bool IsSensitive(int64_t nth, int64_t count) {
  return nth < count / 8 || nth >= 7 * count / 8 || (nth - count / 8) % 3 == 2;
}

}  // namespace

MixRules::MixRules(std::string_view mix, std::string_view base,
                   const GgufHeader& header)
    : mix_(mix), base_(base) {
  const std::string architecture =
      header.Text("general.architecture").value_or("");
  const auto key = [&architecture](std::string_view name) {
    return absl::StrCat(architecture, ".", name);
  };
  falcon_ = architecture == "falcon";
  layer_count_ = std::clamp<int64_t>(
      header.Integer(key("block_count")).value_or(0), 0, kLayersMax);
  expert_count_ = header.Integer(key("expert_count")).value_or(0);
  const int64_t heads = NumberOrFirst(header, key("attention.head_count"));
  const int64_t key_heads =
      NumberOrFirst(header, key("attention.head_count_kv"));
  if (key_heads > 0) queries_per_key_ = heads / key_heads;
  shares_values_among_eight_ =
      layer_count_ == 80 && ((architecture == "llama" && heads != key_heads) ||
                             architecture == "qwen2" ||
                             architecture == "deci" || architecture == "olmo");
  for (const GgufTensor& tensor : header.tensors) {
    const Role role = RoleOf(tensor.name);
    if (role == Role::kOutput) tied_ = false;
    if (role == Role::kValue) ++value_count_;
  }
}

MixRules::Role MixRules::RoleOf(std::string_view name) {
  if (name == "output.weight") return Role::kOutput;
  if (name == "token_embd.weight" || name == "per_layer_token_embd.weight") {
    return Role::kEmbedding;
  }
  constexpr std::pair<std::string_view, Role> roles[] = {
      {"attn_qkv.weight", Role::kValue},
      {"attn_kv_b.weight", Role::kValue},
      {"attn_v.weight", Role::kValue},
      {"attn_k.weight", Role::kKey},
      {"attn_q.weight", Role::kQuery},
      {"attn_output.weight", Role::kAttentionOutput},
      {"ffn_up", Role::kUp},
      {"ffn_gate", Role::kGate},
      {"ffn_down", Role::kDown},
  };
  for (const auto& [part, role] : roles) {
    if (absl::StrContains(name, part)) return role;
  }
  return Role::kOther;
}

std::string_view MixRules::TypeFor(const GgufTensor& tensor) {
  const Role role = RoleOf(tensor.name);
  const int64_t nth = seen_[static_cast<size_t>(role)]++;
  if (role == Role::kOutput || (tied_ && role == Role::kEmbedding)) {
    return OutputType(tensor);
  }
  if (MixIs({"MXFP4_MOE"})) {
    const bool experts =
        tensor.dimensions.size() > 2 && tensor.dimensions[2] > 1;
    return experts ? "MXFP4" : "Q8_0";
  }
  if (role == Role::kEmbedding) return EmbeddingType();
  if (MixIs({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M"})) {
    return LowBitType(role, nth);
  }
  switch (role) {
    case Role::kValue:
      return ValueType(nth);
    case Role::kKey:
      return KeyType();
    case Role::kQuery:
      return QueryType();
    case Role::kAttentionOutput:
      return AttentionOutputType();
    case Role::kDown:
      return DownType(LayerOf(tensor, nth));
    case Role::kGate:
    case Role::kUp:
      return GateOrUpType(LayerOf(tensor, nth));
    default:
      return base_;
  }
}

bool MixRules::MixIs(std::initializer_list<std::string_view> mixes) const {
  return absl::c_contains(mixes, mix_);
}

bool MixRules::InFirst(int64_t part, int64_t layer) const {
  return layer < layer_count_ / part;
}

// Experts are named by layer; without them, the n-th of a role is in the n-th
// layer that has one.
int64_t MixRules::LayerOf(const GgufTensor& tensor, int64_t nth) const {
  return expert_count_ > 1 ? tensor.block().value_or(nth) : nth;
}

std::string_view MixRules::OutputType(const GgufTensor& tensor) const {
  const int64_t block = FindTensorType(base_)->block_elements;
  if (MixIs({"MXFP4_MOE"}) || falcon_ || tensor.dimensions[0] % block != 0) {
    return "Q8_0";
  }
  if (MixIs({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M",
             "IQ3_XXS"})) {
    return "Q5_K";
  }
  return base_ == "Q8_0" ? "Q8_0" : "Q6_K";
}

std::string_view MixRules::EmbeddingType() const {
  if (MixIs({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS"})) return "Q2_K";
  if (MixIs({"IQ2_S", "IQ2_M", "IQ3_XXS"})) return "IQ3_S";
  if (MixIs({"TQ1_0", "TQ2_0", "Q2_0"})) return "Q4_K";
  return base_;
}

// Of the recipes below three bits.
std::string_view MixRules::LowBitType(Role role, int64_t nth) const {
  const bool medium = MixIs({"IQ2_S", "IQ2_M"});
  const bool eight_experts = expert_count_ == 8;
  switch (role) {
    case Role::kValue:
      if (queries_per_key_ >= 4 || expert_count_ >= 4) return "Q4_K";
      return medium ? "IQ3_S" : "Q2_K";
    case Role::kKey:
      return eight_experts ? "Q4_K" : base_;
    case Role::kDown:
      if (!InFirst(8, nth)) return base_;
      return medium ? "IQ3_S" : "Q2_K";
    case Role::kAttentionOutput:
      if (eight_experts) return "Q5_K";
      if (MixIs({"IQ1_S", "IQ1_M"})) return "IQ2_XXS";
      return medium ? "IQ3_S" : base_;
    default:
      return base_;
  }
}

std::string_view MixRules::ValueType(int64_t nth) const {
  if (expert_count_ == 8) return "Q8_0";
  const std::string_view type = ValueTypeOfMix(nth);
  const bool raised =
      shares_values_among_eight_ && (type == "Q3_K" || type == "Q4_K");
  return raised ? "Q5_K" : type;
}

std::string_view MixRules::ValueTypeOfMix(int64_t nth) const {
  const bool grouped = queries_per_key_ >= 4;
  if (MixIs({"Q2_K"})) return grouped ? "Q4_K" : "Q3_K";
  if (MixIs({"IQ3_XXS"})) return grouped ? "Q4_K" : "IQ3_S";
  if (grouped && MixIs({"Q2_K_S", "IQ3_XS", "IQ3_S"})) return "Q4_K";
  if (grouped && MixIs({"IQ4_NL", "IQ4_XS"})) return "Q5_K";
  if (MixIs({"IQ3_M"})) return "Q4_K";
  if (MixIs({"Q3_K_M"})) return nth < 2 ? "Q5_K" : "Q4_K";
  if (MixIs({"Q3_K_L"})) return "Q5_K";
  if (MixIs({"Q4_K_M", "Q5_K_M"}) && IsSensitive(nth, value_count_)) {
    return "Q6_K";
  }
  if (MixIs({"Q4_K_S"}) && nth < 4) return "Q5_K";
  return base_;
}

std::string_view MixRules::KeyType() const {
  return expert_count_ == 8 ? "Q8_0" : QueryType();
}

std::string_view MixRules::QueryType() const {
  if (MixIs({"IQ3_XS"})) return "IQ3_XXS";
  if (MixIs({"IQ3_XXS"})) return "IQ2_S";
  return base_;
}

std::string_view MixRules::AttentionOutputType() const {
  if (falcon_) return MixIs({"Q3_K_L"}) ? "Q4_K" : base_;
  if (expert_count_ == 8) {
    const bool raised =
        MixIs({"Q2_K", "Q3_K_S", "Q3_K_M", "Q4_K_S", "Q4_K_M", "IQ3_XXS",
               "IQ3_XS", "IQ3_S", "IQ3_M", "IQ4_NL", "IQ4_XS"});
    return raised ? "Q5_K" : base_;
  }
  if (MixIs({"Q2_K"})) return "Q3_K";
  if (MixIs({"IQ3_XXS"})) return "IQ3_S";
  if (MixIs({"Q3_K_M", "IQ3_M"})) return "Q4_K";
  if (MixIs({"Q3_K_L"})) return "Q5_K";
  return base_;
}

std::string_view MixRules::DownType(int64_t layer) const {
  if (falcon_ && MixIs({"Q3_K_M", "Q3_K_L", "Q4_K_M", "Q4_K_S"})) {
    return FalconDownType(layer);
  }
  const bool first_eighth = InFirst(8, layer);
  const bool sensitive = IsSensitive(layer, layer_count_);
  if (MixIs({"Q2_K"})) return "Q3_K";
  if (MixIs({"Q2_K_S"}) && first_eighth) return "Q4_K";
  if (MixIs({"IQ3_XXS"})) return first_eighth ? "Q4_K" : "Q3_K";
  if (MixIs({"Q3_K_M"})) return InFirst(16, layer) ? "Q5_K" : "Q4_K";
  if (MixIs({"IQ3_M"}) && (first_eighth || (expert_count_ == 8 && sensitive))) {
    return "Q4_K";
  }
  if (MixIs({"Q3_K_L"})) return "Q5_K";
  if (MixIs({"Q4_K_M", "Q5_K_M"}) && sensitive) return "Q6_K";
  if (MixIs({"IQ4_NL", "IQ4_XS", "Q4_K_S"}) && first_eighth) return "Q5_K";
  return base_;
}

std::string_view MixRules::FalconDownType(int64_t layer) const {
  const bool sensitive = IsSensitive(layer, layer_count_);
  if (MixIs({"Q3_K_L"})) return "Q4_K";
  if (MixIs({"Q3_K_M"})) {
    if (InFirst(16, layer)) return "Q5_K";
    return sensitive ? "Q4_K" : "Q3_K";
  }
  if (MixIs({"Q4_K_M"})) {
    if (InFirst(16, layer)) return "Q6_K";
    return sensitive ? "Q5_K" : "Q4_K";
  }
  return base_;
}

std::string_view MixRules::GateOrUpType(int64_t layer) const {
  const bool middle = !InFirst(8, layer) && layer < 7 * layer_count_ / 8;
  return MixIs({"IQ3_XS"}) && middle ? "IQ3_XXS" : base_;
}

}  // namespace hwledger
