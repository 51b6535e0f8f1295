#pragma once

#include <cstdint>

#include "core/bytes.h"

namespace hwledger {

// By what the engine divides a tensor among devices that all have a part of
// every layer (llama.cpp: llama_meta_device_get_split_state).
enum class DividedBy {
  kNothing,  // Each device has all of it.
  kQueryHeads,
  kKeyValueHeads,
  kFeedForward,
  kElements,
};

// A tensor, or those rows of one that are divided alike.
struct DividedTensor {
  int64_t layer = -1;  // -1: of none.
  DividedBy divided_by = DividedBy::kNothing;
  bool is_expert = false;
  Bytes size;
  int64_t extent = 1;  // Elements of the dimension that is divided.
  // Elements that are stored together in the tensor of the layer that is
  // divided along its rows, by which all others are divided as well.
  int64_t block_elements = 1;

  friend bool operator==(const DividedTensor&, const DividedTensor&) = default;
};

}  // namespace hwledger
