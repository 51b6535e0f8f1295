#pragma once

#include "hwledger/v1/library.pb.h"

namespace hwledger {

// Whether there is a file to run, and nothing known that speaks against it.
inline bool IsRunnable(const v1::Model& model) {
  return model.source() != v1::MODEL_SOURCE_CATALOGUE &&
         model.source() != v1::MODEL_SOURCE_FOLDER && !model.has_problem();
}

}  // namespace hwledger
