#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/model/gguf.h"

namespace hwledger {

// Which type llama-quantize gives to each tensor under a recipe like "Q4_K_M":
// the rules of llama.cpp's src/llama-quant.cpp, without an importance matrix.
// They weigh a tensor by its role, its layer and how often its role came
// before, so tensors must be asked for block by block, in each by name.
class MixRules {
 public:
  // `base`: the type that the recipe starts from. Both must outlive the rules.
  MixRules(std::string_view mix, std::string_view base,
           const GgufHeader& header);

  // The name of a tensor type. Rows may not be made of whole blocks of it.
  std::string_view TypeFor(const GgufTensor& tensor);

 private:
  enum class Role {
    kEmbedding,
    kOutput,
    kValue,  // The values' weights, alone or fused with others.
    kKey,
    kQuery,
    kAttentionOutput,
    kDown,
    kGate,
    kUp,
    kOther,
  };
  static Role RoleOf(std::string_view name);

  bool MixIs(std::initializer_list<std::string_view> mixes) const;
  std::string_view OutputType(const GgufTensor& tensor) const;
  std::string_view EmbeddingType() const;
  std::string_view LowBitType(Role role, int64_t nth) const;
  std::string_view ValueType(int64_t nth) const;
  std::string_view ValueTypeOfMix(int64_t nth) const;
  std::string_view KeyType() const;
  std::string_view QueryType() const;
  std::string_view AttentionOutputType() const;
  std::string_view DownType(int64_t layer) const;
  std::string_view FalconDownType(int64_t layer) const;
  std::string_view GateOrUpType(int64_t layer) const;
  bool InFirst(int64_t part, int64_t layer) const;
  int64_t CountOf(Role role);
  int64_t LayerOf(const GgufTensor& tensor, int64_t nth) const;

  const std::string_view mix_;
  const std::string_view base_;
  bool falcon_ = false;
  bool tied_ = true;
  // Of llama 2 and 3 with 70 B parameters and those built like them.
  bool shares_values_among_eight_ = false;
  int64_t layer_count_ = 0;
  int64_t expert_count_ = 0;
  int64_t queries_per_key_ = 0;
  int64_t value_count_ = 0;
  int64_t seen_[static_cast<size_t>(Role::kOther) + 1] = {};
};

}  // namespace hwledger
