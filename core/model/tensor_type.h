#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.h"

namespace hwledger {

// How ggml stores the elements of a tensor: in blocks along the first
// dimension.
struct TensorType {
  std::string_view name;  // "Q4_K", as GGUF tools print it.
  int32_t id = 0;         // ggml_type, as stored in a GGUF file.
  int64_t block_elements = 0;
  int64_t block_bytes = 0;

  friend bool operator==(const TensorType&, const TensorType&) = default;
};

// Null where ggml has no such type, or has dropped it.
const TensorType* FindTensorType(int32_t id);
// Case does not matter.
const TensorType* FindTensorType(std::string_view name);

// Bytes of `elements` elements, the last block padded.
Bytes RowSize(const TensorType& type, int64_t elements);

}  // namespace hwledger
