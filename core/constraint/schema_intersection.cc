#include "core/constraint/schema_intersection.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

// Keywords that say how little or how much there may be.
constexpr std::array<std::string_view, 4> kLower = {
    "minItems", "minLength", "minimum", "exclusiveMinimum"};
constexpr std::array<std::string_view, 4> kUpper = {
    "maxItems", "maxLength", "maximum", "exclusiveMaximum"};

SchemaJson AllOf(const SchemaJson& a, const SchemaJson& b) {
  return {{"allOf", SchemaJson::array({a, b})}};
}

// What `schema` says of a property that it does not name.
SchemaJson OfOtherProperties(const SchemaJson& schema) {
  const SchemaJson* additional = FindKeyword(schema, "additionalProperties");
  return additional == nullptr ? SchemaJson(true) : *additional;
}

SchemaJson BothProperties(const SchemaJson& a, const SchemaJson& b) {
  SchemaJson both = SchemaJson::object();
  const auto add = [&](const SchemaJson& from, const SchemaJson& other) {
    const SchemaJson* properties = FindKeyword(from, "properties");
    if (properties == nullptr) return;
    const SchemaJson* others = FindKeyword(other, "properties");
    for (const auto& [name, schema] : properties->items()) {
      if (both.contains(name)) continue;
      const SchemaJson* theirs =
          others == nullptr ? nullptr : FindKeyword(*others, name);
      const SchemaJson more =
          theirs == nullptr ? OfOtherProperties(other) : *theirs;
      if (more == false || schema == false) {
        both[name] = false;
      } else {
        both[name] =
            more == true || more == schema ? schema : AllOf(schema, more);
      }
    }
  };
  add(a, b);
  add(b, a);
  return both;
}

SchemaJson Union(const SchemaJson& a, const SchemaJson& b) {
  SchemaJson both = a;
  for (const SchemaJson& element : b) {
    if (!absl::c_linear_search(both, element)) both.push_back(element);
  }
  return both;
}

SchemaJson TypesOfBoth(const SchemaJson& a, const SchemaJson& b) {
  const SchemaTypes types = AllowedTypes(a);
  const SchemaTypes others = AllowedTypes(b);
  SchemaJson both = SchemaJson::array();
  for (const std::string& type : types) {
    const auto allows = [&](const SchemaTypes& list, std::string_view wanted) {
      return absl::c_linear_search(list, wanted);
    };
    // An integer is what "number" allows too.
    if (allows(others, type) ||
        (type == "integer" && allows(others, "number"))) {
      both.push_back(type);
    } else if (type == "number" && allows(others, "integer")) {
      both.push_back("integer");
    }
  }
  return both;
}

SchemaJson CommonValues(const SchemaJson& a, const SchemaJson& b) {
  const auto values = ValuesOf(a);
  const auto others = ValuesOf(b);
  if (!values || !others) return values ? *values : *others;
  SchemaJson both = SchemaJson::array();
  for (const SchemaJson& value : *values) {
    if (absl::c_linear_search(*others, value)) both.push_back(value);
  }
  return both;
}

// Both values of one keyword as one. Discarded where there is none.
SchemaJson BothValues(std::string_view keyword, const SchemaJson& a,
                      const SchemaJson& b) {
  if (a == b) return a;
  if (absl::c_linear_search(kLower, keyword)) return std::max(a, b);
  if (absl::c_linear_search(kUpper, keyword)) return std::min(a, b);
  if (keyword == "required") return Union(a, b);
  const bool is_element = keyword == "items" && !a.is_array() && !b.is_array();
  if (is_element || keyword == "additionalProperties") return AllOf(a, b);
  return SchemaJson::value_t::discarded;
}

bool HasArrayShape(const SchemaJson& schema) {
  const SchemaJson* items = FindKeyword(schema, "items");
  return FindKeyword(schema, "prefixItems") != nullptr ||
         (items != nullptr && items->is_array());
}

}  // namespace

absl::StatusOr<SchemaJson> BothSchemas(const SchemaJson& a, const SchemaJson& b,
                                       std::string_view path) {
  if (a == false || b == false) return SchemaJson(false);
  if (a == true || SaysNothing(a)) return b;
  if (b == true || SaysNothing(b)) return a;
  if ((HasArrayShape(a) && FindKeyword(b, "items") != nullptr) ||
      (HasArrayShape(b) && FindKeyword(a, "items") != nullptr) ||
      (HasArrayShape(a) && HasArrayShape(b))) {
    return SchemaError("has lists of items for the same array", path);
  }
  SchemaJson both = SchemaJson::object();
  for (const SchemaJson* from : {&a, &b}) {
    for (const auto& [name, value] : from->items()) {
      if (IsAnnotation(name) || both.contains(name)) continue;
      const SchemaJson* other = FindKeyword(from == &a ? b : a, name);
      if (other == nullptr) {
        both[name] = value;
        continue;
      }
      if (name == "type" || name == "properties" || name == "enum" ||
          name == "const") {
        continue;
      }
      SchemaJson one = BothValues(name, value, *other);
      if (one.is_discarded()) {
        return SchemaError(
            absl::StrFormat("has \"%s\" twice for the same value", name), path);
      }
      both[name] = std::move(one);
    }
  }
  if (a.contains("type") && b.contains("type")) {
    both["type"] = TypesOfBoth(a, b);
    if (both["type"].empty()) return SchemaJson(false);
  }
  if (a.contains("properties") || b.contains("properties")) {
    both["properties"] = BothProperties(a, b);
  }
  if (ValuesOf(a) || ValuesOf(b)) {
    both.erase("const");
    both["enum"] = CommonValues(a, b);
  }
  return both;
}

}  // namespace hwledger
