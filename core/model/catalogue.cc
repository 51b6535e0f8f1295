#include "core/model/catalogue.h"

#include <cassert>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/closest_names.h"
#include "core/model/catalogue_json.h"
#include "core/model/hf_header.h"
#include "nlohmann/json.hpp"

namespace hwledger {

const std::vector<CatalogueEntry>& Catalogue() {
  // Never destroyed: other statics may still use it.
  static const auto& entries = *[] {
    auto* read = new std::vector<CatalogueEntry>;
    const nlohmann::json models = nlohmann::json::parse(
        kCatalogueJson, /*cb=*/nullptr, /*allow_exceptions=*/false);
    assert(models.is_array());  // It is part of this program.
    for (const nlohmann::json& model : models) {
      read->push_back({.name = model["name"],
                       .repository = model["repository"],
                       .parameter_count = model["parameter_count"],
                       .config_json = model["config"].dump()});
    }
    return read;
  }();
  return entries;
}

absl::StatusOr<const CatalogueEntry*> FindInCatalogue(std::string_view name) {
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : Catalogue()) {
    if (absl::EqualsIgnoreCase(entry.name, name) ||
        absl::EqualsIgnoreCase(entry.repository, name)) {
      return &entry;
    }
    names.push_back(entry.name);
  }
  return absl::NotFoundError(absl::StrCat(
      "no model '", name, "' in the catalogue", DidYouMean(name, names)));
}

GgufHeader HeaderOf(const CatalogueEntry& entry) {
  absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(entry.config_json);
  assert(header.ok());  // Held by a test for every entry.
  header->metadata["general.name"] = entry.name;
  return *std::move(header);
}

}  // namespace hwledger
