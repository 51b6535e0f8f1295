#pragma once

#include <string_view>

#include "core/model/catalogue.h"
#include "core/model/gguf.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// The config of a model of the catalogue.
inline nlohmann::json ConfigOf(std::string_view name) {
  return nlohmann::json::parse((*FindInCatalogue(name))->config_json);
}

// Null: there is none.
inline const GgufTensor* FindTensor(const GgufHeader& header,
                                    std::string_view name) {
  for (const GgufTensor& tensor : header.tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

}  // namespace hwledger
