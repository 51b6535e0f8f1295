#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/model/weight_precision.h"

namespace hwledger {

// `count` matrices of `rows` outputs and `columns` inputs.
struct Matrices {
  int64_t count = 1;
  int64_t rows = 0;
  int64_t columns = 0;
};

// What they take where `format` quantizes them, with scales, zeros and tables.
Bytes SizeIn(const Matrices& matrices, WeightFormat format);

// Weights that share a scale in MLX unless a model says otherwise.
constexpr int64_t kMlxGroupElements = 64;

}  // namespace hwledger
