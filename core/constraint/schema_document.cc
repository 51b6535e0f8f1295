#include "core/constraint/schema_document.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/constraint/schema_intersection.h"
#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

// As much as a grammar has room for.
constexpr int64_t kSchemaBytesMax = 64 << 10;
// References that lead to references.
constexpr int64_t kMergeDepthMax = 16;

std::string Unescaped(std::string_view token) {
  return absl::StrReplaceAll(absl::StrReplaceAll(token, {{"~1", "/"}}),
                             {{"~0", "~"}});
}

}  // namespace

absl::StatusOr<SchemaDocument> SchemaDocument::Parse(
    std::string_view json_schema) {
  if (std::ssize(json_schema) > kSchemaBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrFormat("must have at most %d bytes; got %d", kSchemaBytesMax,
                        json_schema.size()));
  }
  if (const absl::Status checked = ValidateShallowJson(json_schema);
      !checked.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is not JSON: ", checked.message()));
  }
  SchemaJson root = SchemaJson::parse(json_schema, /*cb=*/nullptr,
                                      /*allow_exceptions=*/false);
  if (root.is_discarded()) {
    return absl::InvalidArgumentError("is not JSON");
  }
  return SchemaDocument(std::move(root));
}

absl::StatusOr<SchemaPlace> SchemaDocument::Follow(
    std::string_view reference, std::string_view path) const {
  if (reference != "#" && !reference.starts_with("#/")) {
    return SchemaError(
        absl::StrFormat("has a $ref that is not \"#\" or \"#/...\", \"%s\",",
                        reference.substr(0, 64)),
        path);
  }
  const SchemaJson* part = &root_;
  std::vector<std::string_view> tokens = absl::StrSplit(reference, '/');
  for (size_t i = 1; i < tokens.size() && part != nullptr; ++i) {
    const std::string token = Unescaped(tokens[i]);
    size_t index = 0;
    if (part->is_array() && absl::SimpleAtoi(token, &index) &&
        index < part->size()) {
      part = &(*part)[index];
    } else {
      part = FindKeyword(*part, token);
    }
  }
  if (part == nullptr) {
    return SchemaError(absl::StrFormat("has a $ref to nothing, \"%s\",",
                                       reference.substr(0, 64)),
                       path);
  }
  return SchemaPlace{.schema = *part, .path = std::string(reference)};
}

absl::StatusOr<SchemaJson> SchemaDocument::Merged(
    const SchemaPlace& place) const {
  return MergedWithin(place, 0);
}

absl::StatusOr<SchemaJson> SchemaDocument::MergedWithin(
    const SchemaPlace& place, int64_t depth) const {
  ABSL_RETURN_IF_ERROR(ValidateKeywords(place));
  if (depth > kMergeDepthMax) {
    return SchemaError("has references that lead too far", place.path);
  }
  const SchemaJson* reference = FindKeyword(place.schema, "$ref");
  const SchemaJson* all = FindKeyword(place.schema, "allOf");
  if (reference == nullptr && all == nullptr) return place.schema;
  SchemaJson merged = place.schema;
  merged.erase("$ref");
  merged.erase("allOf");
  if (reference != nullptr) {
    ABSL_ASSIGN_OR_RETURN(
        const SchemaPlace target,
        Follow(reference->get_ref<const std::string&>(), place.path));
    ABSL_ASSIGN_OR_RETURN(const SchemaJson part,
                          MergedWithin(target, depth + 1));
    ABSL_ASSIGN_OR_RETURN(merged, BothSchemas(part, merged, place.path));
  }
  for (size_t i = 0; all != nullptr && i < all->size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(
        const SchemaJson part,
        MergedWithin({(*all)[i], absl::StrCat(place.path, "/allOf/", i)},
                     depth + 1));
    ABSL_ASSIGN_OR_RETURN(merged, BothSchemas(merged, part, place.path));
  }
  return merged;
}

}  // namespace hwledger
