#pragma once

#include <string_view>

#include "core/bytes.h"

namespace hwledger {

// How much memory each matrix of a layer takes: what another device than the
// one that holds it needs a copy of to multiply with it. 0: there is none.
struct LayerMatrices {
  Bytes query;  // With keys and values, if they are one.
  Bytes key;
  Bytes value;
  Bytes output;  // The projection behind attention.
  Bytes gate;
  Bytes up;  // With the gate, if they are one.
  Bytes down;
  Bytes expert_gate;  // Of all experts; with `up`, if they are one.
  Bytes expert_up;
  Bytes expert_down;
  Bytes shared_gate;  // Of the experts that all tokens pass.
  Bytes shared_up;
  Bytes shared_down;
  Bytes largest_other;

  friend bool operator==(const LayerMatrices&, const LayerMatrices&) = default;
};

Bytes LargestMatrix(const LayerMatrices& matrices);

// Counts the tensor whose name ends in `part` in `matrices`, if it is a matrix.
void AddMatrix(std::string_view part, Bytes size, LayerMatrices& matrices);

}  // namespace hwledger
