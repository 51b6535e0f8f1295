#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// Keeps the order of an object's members, which is that of the answer's.
using SchemaJson = nlohmann::ordered_json;

// A schema within a document, by JSON pointer: "#/properties/a".
struct SchemaPlace {
  const SchemaJson& schema;
  std::string path;
};

// InvalidArgument, whose message goes on after a field's name: "has ... at
// #/properties/a".
absl::Status SchemaError(std::string_view message, std::string_view path);

// Which keywords a schema has, and that each is of its type. InvalidArgument:
// an unsupported one.
absl::Status ValidateKeywords(const SchemaPlace& place);

// Whether a keyword says nothing about what is valid.
bool IsAnnotation(std::string_view keyword);
// Whether the schema says nothing at all.
bool SaysNothing(const SchemaJson& schema);

// Null where there is none.
const SchemaJson* FindKeyword(const SchemaJson& schema,
                              std::string_view keyword);

// Of the types of JSON Schema ("integer" beside "number"), in the order of the
// specification.
using SchemaTypes = std::vector<std::string>;
// All that "type" allows.
SchemaTypes AllowedTypes(const SchemaJson& schema);
// Those that are derived: where "type" is missing, those that the keywords
// speak of.
SchemaTypes DerivedTypes(const SchemaJson& schema);
bool IsOfType(const SchemaJson& value, std::string_view type);

// The values of "const" or "enum" that have an allowed type. Nothing where the
// schema has neither.
std::optional<std::vector<SchemaJson>> ValuesOf(const SchemaJson& schema);

}  // namespace hwledger
