#include "core/constraint/schema_conversion.h"

#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/disjoint_schemas.h"
#include "core/constraint/gbnf.h"
#include "core/constraint/schema_intersection.h"

namespace hwledger {
namespace {

// Each takes some kilobytes of the thread's stack.
constexpr int64_t kDepthMax = 48;
// Merging can multiply schemas.
constexpr int64_t kSchemasMax = 2000;
// Each is compared with each.
constexpr size_t kChoicesMax = 100;

// A choice of values, of which each must be what the schema says otherwise.
absl::StatusOr<std::string> ValuesBody(const SchemaPlace& place) {
  for (const auto& [name, value] : place.schema.items()) {
    if (IsAnnotation(name) || name == "enum" || name == "const" ||
        name == "type") {
      continue;
    }
    return SchemaError(
        absl::StrFormat("has an unsupported keyword \"%s\" beside values",
                        name),
        place.path);
  }
  std::vector<std::string> choices;
  const auto values = ValuesOf(place.schema);
  choices.reserve(values->size());
  for (const SchemaJson& value : *values) {
    choices.push_back(GbnfLiteral(value.dump()));
  }
  if (choices.empty()) return SchemaError("allows no value", place.path);
  return GbnfChoice(choices);
}

std::string PathOf(std::string_view path, std::string_view keyword, size_t i) {
  return absl::StrCat(path, "/", keyword, "/", i);
}

// A value that two of them accept would not be valid.
absl::Status ValidateOneOf(const SchemaDocument& document,
                           const SchemaJson& schemas, std::string_view path) {
  std::vector<SchemaJson> merged;
  for (size_t i = 0; i < schemas.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(
        merged.emplace_back(),
        document.Merged({schemas[i], PathOf(path, "oneOf", i)}));
  }
  for (size_t i = 0; i < merged.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (merged[i] == false || merged[j] == false) continue;
      if (AreDisjoint(merged[i], merged[j])) continue;
      return SchemaError(
          absl::StrFormat("has a \"oneOf\" of which, as far as can be seen, "
                          "one value may satisfy %d and %d,",
                          j, i),
          path);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SchemaConversion::Rule(const SchemaPlace& place) {
  if (SaysNothing(place.schema)) return rules_.Value();
  const SchemaJson* reference = FindKeyword(place.schema, "$ref");
  const bool is_alone =
      reference != nullptr && reference->is_string() &&
      absl::c_all_of(place.schema.items(), [](const auto& item) {
        return item.key() == "$ref" || IsAnnotation(item.key());
      });
  if (!is_alone) {
    ABSL_ASSIGN_OR_RETURN(const std::string body, Body(place));
    return rules_.Add(body);
  }
  const auto& text = reference->get_ref<const std::string&>();
  const auto known = rule_of_reference_.find(text);
  if (known != rule_of_reference_.end()) return known->second;
  ABSL_ASSIGN_OR_RETURN(const SchemaPlace target,
                        document_.Follow(text, place.path));
  std::string name = rules_.NewName();
  rule_of_reference_.emplace(text, name);
  ABSL_ASSIGN_OR_RETURN(const std::string body, Body(target));
  rules_.Define(name, body);
  return name;
}

absl::StatusOr<std::string> SchemaConversion::Body(const SchemaPlace& place) {
  ABSL_RETURN_IF_ERROR(ValidateKeywords(place));
  ABSL_RETURN_IF_ERROR(rules_.Validate());
  if (depth_ >= kDepthMax) {
    return SchemaError("is nested too deeply", place.path);
  }
  if (++schema_count_ > kSchemasMax) {
    return SchemaError("has too many schemas, as merged,", place.path);
  }
  ++depth_;
  ABSL_ASSIGN_OR_RETURN(const SchemaJson merged, document_.Merged(place));
  ABSL_ASSIGN_OR_RETURN(std::string body,
                        MergedBody({.schema = merged, .path = place.path}));
  --depth_;
  return body;
}

absl::StatusOr<std::string> SchemaConversion::MergedBody(
    const SchemaPlace& place) {
  if (place.schema == false) return SchemaError("allows no value", place.path);
  if (SaysNothing(place.schema)) return rules_.Value();
  for (const char* keyword : {"anyOf", "oneOf"}) {
    if (FindKeyword(place.schema, keyword) != nullptr) {
      return Choice(place, keyword);
    }
  }
  if (ValuesOf(place.schema)) return ValuesBody(place);
  std::vector<std::string> choices;
  for (const std::string& type : DerivedTypes(place.schema)) {
    ABSL_ASSIGN_OR_RETURN(std::string body, ValueOfType(place, type));
    choices.push_back(GbnfSequence({std::move(body)}));
  }
  return GbnfChoice(choices);
}

absl::StatusOr<std::string> SchemaConversion::Choice(const SchemaPlace& place,
                                                     std::string_view keyword) {
  const SchemaJson& schemas = *FindKeyword(place.schema, keyword);
  SchemaJson others = place.schema;
  others.erase(std::string(keyword));
  if (schemas.empty() || schemas.size() > kChoicesMax) {
    return SchemaError(absl::StrFormat("must have 1 to %d schemas in \"%s\"",
                                       kChoicesMax, keyword),
                       place.path);
  }
  if (keyword == "oneOf") {
    ABSL_RETURN_IF_ERROR(ValidateOneOf(document_, schemas, place.path));
  }
  std::vector<std::string> choices;
  for (size_t i = 0; i < schemas.size(); ++i) {
    const SchemaPlace one = {schemas[i], PathOf(place.path, keyword, i)};
    if (one.schema == false) continue;
    if (SaysNothing(others)) {
      ABSL_ASSIGN_OR_RETURN(choices.emplace_back(), Rule(one));
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(const SchemaJson merged, document_.Merged(one));
    ABSL_ASSIGN_OR_RETURN(const SchemaJson both,
                          BothSchemas(others, merged, one.path));
    if (both == false) continue;
    ABSL_ASSIGN_OR_RETURN(const std::string body, Body({both, one.path}));
    choices.push_back(rules_.Add(body));
  }
  if (choices.empty()) return SchemaError("allows no value", place.path);
  return GbnfChoice(choices);
}

absl::StatusOr<std::string> SchemaConversion::ValueOfType(
    const SchemaPlace& place, std::string_view type) {
  if (type == "null") return "\"null\"";
  if (type == "boolean") return "(\"true\" | \"false\")";
  if (type == "object") return ObjectBody(*this, place);
  if (type == "array") return ArrayBody(*this, place);
  if (type == "string") return StringBody(*this, place);
  if (type == "integer") return IntegerBody(place);
  return NumberBody(place);
}

}  // namespace hwledger
