#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/gguf.h"

namespace hwledger {

// A model that can be planned without any file.
struct CatalogueEntry {
  std::string name;             // "llama-3.1-8b"
  std::string repository;       // Where it is published on Hugging Face.
  int64_t parameter_count = 0;  // As published.
  std::string config_json;
};

// In the order of catalogue.json.
const std::vector<CatalogueEntry>& Catalogue();

// By name or repository; case does not matter. NotFound lists the closest
// names.
absl::StatusOr<const CatalogueEntry*> FindInCatalogue(std::string_view name);

// As a GGUF file of the model would have it, its weights in the type in which
// they were published.
GgufHeader HeaderOf(const CatalogueEntry& entry);

}  // namespace hwledger
