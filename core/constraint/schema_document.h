#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/constraint/schema_keywords.h"

namespace hwledger {

// A whole schema, with the parts that its references name.
class SchemaDocument {
 public:
  // InvalidArgument: not JSON, or larger than schemas are.
  static absl::StatusOr<SchemaDocument> Parse(std::string_view json_schema);

  const SchemaJson& root() const { return root_; }

  // What "$ref" names. InvalidArgument: it lies elsewhere, or nowhere.
  absl::StatusOr<SchemaPlace> Follow(std::string_view reference,
                                     std::string_view path) const;

  // The schema with what "$ref" and "allOf" bring to it as keywords of its own.
  // InvalidArgument: two say what cannot be said as one.
  absl::StatusOr<SchemaJson> Merged(const SchemaPlace& place) const;

 private:
  explicit SchemaDocument(SchemaJson root) : root_(std::move(root)) {}

  absl::StatusOr<SchemaJson> MergedWithin(const SchemaPlace& place,
                                          int64_t depth) const;

  SchemaJson root_;
};

}  // namespace hwledger
