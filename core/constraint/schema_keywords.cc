#include "core/constraint/schema_keywords.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

enum class Needs {
  kAnything,
  kCount,
  kNumber,
  kText,
  kTexts,
  kSchema,
  kSchemas,
  kSchemaMap,
  kItems,  // A schema, or a list of them as before 2020-12.
  kType
};

struct Keyword {
  std::string_view name;
  Needs needs;
  std::string_view type;  // That it speaks of; empty: any.
};

constexpr std::array<Keyword, 27> kKeywords = {{
    {"type", Needs::kType, ""},
    {"const", Needs::kAnything, ""},
    {"enum", Needs::kAnything, ""},
    {"$ref", Needs::kText, ""},
    {"allOf", Needs::kSchemas, ""},
    {"anyOf", Needs::kSchemas, ""},
    {"oneOf", Needs::kSchemas, ""},
    {"properties", Needs::kSchemaMap, "object"},
    {"required", Needs::kTexts, "object"},
    {"additionalProperties", Needs::kSchema, "object"},
    {"items", Needs::kItems, "array"},
    {"prefixItems", Needs::kSchemas, "array"},
    {"additionalItems", Needs::kSchema, "array"},
    {"minItems", Needs::kCount, "array"},
    {"maxItems", Needs::kCount, "array"},
    {"minLength", Needs::kCount, "string"},
    {"maxLength", Needs::kCount, "string"},
    {"pattern", Needs::kText, "string"},
    {"format", Needs::kText, "string"},
    {"minimum", Needs::kNumber, "number"},
    {"maximum", Needs::kNumber, "number"},
    {"exclusiveMinimum", Needs::kNumber, "number"},
    {"exclusiveMaximum", Needs::kNumber, "number"},
    // Keep what the others need.
    {"$defs", Needs::kSchemaMap, ""},
    {"definitions", Needs::kSchemaMap, ""},
    // The dialect, and the name of the whole.
    {"$schema", Needs::kText, ""},
    {"$id", Needs::kText, ""},
}};

constexpr std::array<std::string_view, 16> kAnnotations = {
    "title",       "description",     "default",
    "example",     "examples",        "$schema",
    "$id",         "$comment",        "deprecated",
    "readOnly",    "writeOnly",       "$defs",
    "definitions", "contentEncoding", "contentMediaType",
    "nullable"};

constexpr std::array<std::string_view, 7> kTypes = {
    "null", "boolean", "object", "array", "number", "string", "integer"};

const Keyword* FindKnown(std::string_view name) {
  const auto known = absl::c_find_if(
      kKeywords, [&](const Keyword& keyword) { return keyword.name == name; });
  return known == kKeywords.end() ? nullptr : &*known;
}

bool IsSchema(const SchemaJson& value) {
  return value.is_object() || value.is_boolean();
}

bool IsType(const SchemaJson& value) {
  return value.is_string() &&
         absl::c_linear_search(kTypes, value.get_ref<const std::string&>());
}

bool IsCount(const SchemaJson& value) {
  return value.is_number_unsigned() && value.get<uint64_t>() <= INT32_MAX;
}

bool Is(const SchemaJson& value, Needs needs) {
  const auto all = [&](const auto& predicate) {
    return value.is_array() && absl::c_all_of(value, predicate);
  };
  switch (needs) {
    case Needs::kAnything:
      return true;
    case Needs::kCount:
      return IsCount(value);
    case Needs::kNumber:
      return value.is_number();
    case Needs::kText:
      return value.is_string();
    case Needs::kTexts:
      return all([](const auto& text) { return text.is_string(); });
    case Needs::kSchema:
      return IsSchema(value);
    case Needs::kSchemas:
      return all(IsSchema);
    case Needs::kSchemaMap:
      return value.is_object() && absl::c_all_of(value, IsSchema);
    case Needs::kItems:
      return IsSchema(value) || all(IsSchema);
    case Needs::kType:
      return IsType(value) || (all(IsType) && !value.empty());
  }
  return false;
}

}  // namespace

absl::Status SchemaError(std::string_view message, std::string_view path) {
  return absl::InvalidArgumentError(absl::StrCat(message, " at ", path));
}

absl::Status ValidateKeywords(const SchemaPlace& place) {
  if (place.schema.is_boolean()) return absl::OkStatus();
  if (!place.schema.is_object()) {
    return SchemaError("has what is no schema", place.path);
  }
  for (const auto& [name, value] : place.schema.items()) {
    const Keyword* const known = FindKnown(name);
    if (known == nullptr) {
      if (IsAnnotation(name)) continue;
      return SchemaError(absl::StrFormat("has an unsupported keyword \"%s\"",
                                         name.substr(0, 64)),
                         place.path);
    }
    if (!Is(value, known->needs)) {
      return SchemaError(
          absl::StrFormat("has a value that \"%s\" cannot have", name),
          place.path);
    }
    // It would change what references within are relative to.
    if (name == "$id" && place.path != "#") {
      return SchemaError("has an unsupported keyword \"$id\"", place.path);
    }
  }
  return absl::OkStatus();
}

bool IsAnnotation(std::string_view keyword) {
  return absl::c_linear_search(kAnnotations, keyword) ||
         keyword.starts_with("x-");
}

bool SaysNothing(const SchemaJson& schema) {
  if (schema.is_boolean()) return schema.get<bool>();
  for (const auto& [name, value] : schema.items()) {
    if (!IsAnnotation(name)) return false;
  }
  return true;
}

const SchemaJson* FindKeyword(const SchemaJson& schema,
                              std::string_view keyword) {
  if (!schema.is_object()) return nullptr;
  const auto found = schema.find(std::string(keyword));
  return found == schema.end() ? nullptr : &*found;
}

SchemaTypes AllowedTypes(const SchemaJson& schema) {
  const SchemaJson* type = FindKeyword(schema, "type");
  SchemaTypes types;
  for (const std::string_view known : kTypes) {
    const bool is_allowed =
        type == nullptr || *type == known ||
        (type->is_array() && absl::c_linear_search(*type, known));
    if (is_allowed) types.emplace_back(known);
  }
  return types;
}

SchemaTypes DerivedTypes(const SchemaJson& schema) {
  SchemaTypes types = AllowedTypes(schema);
  if (FindKeyword(schema, "type") == nullptr) {
    SchemaTypes spoken_of;
    for (const std::string& type : types) {
      if (absl::c_any_of(kKeywords, [&](const Keyword& keyword) {
            return keyword.type == type &&
                   FindKeyword(schema, keyword.name) != nullptr;
          })) {
        spoken_of.push_back(type);
      }
    }
    if (!spoken_of.empty()) types = std::move(spoken_of);
  }
  // Every integer is a number.
  if (absl::c_linear_search(types, "number")) std::erase(types, "integer");
  return types;
}

bool IsOfType(const SchemaJson& value, std::string_view type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (value.is_number_float()) {
    return std::trunc(value.get<double>()) == value.get<double>();
  }
  return value.is_number_integer();
}

std::optional<std::vector<SchemaJson>> ValuesOf(const SchemaJson& schema) {
  const SchemaJson* constant = FindKeyword(schema, "const");
  const SchemaJson* list = FindKeyword(schema, "enum");
  if (constant == nullptr && list == nullptr) return std::nullopt;
  std::vector<SchemaJson> values;
  if (constant != nullptr) {
    values.push_back(*constant);
    if (list != nullptr && !absl::c_linear_search(*list, *constant)) {
      values.clear();
    }
  } else {
    values.assign(list->begin(), list->end());
  }
  const SchemaTypes types = AllowedTypes(schema);
  std::erase_if(values, [&](const SchemaJson& value) {
    return absl::c_none_of(
        types, [&](const std::string& type) { return IsOfType(value, type); });
  });
  return values;
}

}  // namespace hwledger
