#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/gguf.h"
#include "core/model/tensor_type.h"

namespace hwledger {

// "blk.3.attn_q.weight"
std::string BlockTensor(int64_t block, std::string_view name);

// A header in the making, as llama.cpp's converter would write it.
class HeaderDraft {
 public:
  // Large tensors get the type `weights` unless another is asked for.
  HeaderDraft(std::string architecture, const TensorType* weights);

  // `key` follows the architecture's name: "block_count".
  void Set(std::string_view key, GgufValue value);
  // `key` stands as it is: "general.name".
  void SetGeneral(std::string_view key, GgufValue value);
  // The contiguous dimension first. Vectors, norms, biases and what else the
  // converter keeps exact are F32, whatever the model's type.
  void Add(std::string name, std::vector<int64_t> dimensions);
  void AddTyped(std::string name, std::vector<int64_t> dimensions,
                const TensorType* type);

  const TensorType* weights() const { return weights_; }
  GgufHeader Finish() &&;

 private:
  std::string architecture_;
  const TensorType* weights_;
  GgufHeader header_;
};

}  // namespace hwledger
