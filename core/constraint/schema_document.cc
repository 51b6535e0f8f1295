#include "core/constraint/schema_document.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

// As much as a grammar has room for.
constexpr int64_t kSchemaBytesMax = 64 << 10;
// References that lead to references.
constexpr int64_t kMergeDepthMax = 16;

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

bool HasNoCommonValue(const std::vector<SchemaJson>& a,
                      const std::vector<SchemaJson>& b) {
  return absl::c_none_of(a, [&](const SchemaJson& value) {
    return absl::c_linear_search(b, value);
  });
}

// Whether every object derived from `a` has a property whose values `b`
// refuses.
bool IsToldByAProperty(const SchemaJson& a, const SchemaJson& b) {
  const SchemaJson* required = FindKeyword(a, "required");
  const SchemaJson* properties = FindKeyword(a, "properties");
  const SchemaJson* others = FindKeyword(b, "properties");
  if (required == nullptr || properties == nullptr || others == nullptr) {
    return false;
  }
  return absl::c_any_of(*required, [&](const SchemaJson& name) {
    const auto& text = name.get_ref<const std::string&>();
    const SchemaJson* of_a = FindKeyword(*properties, text);
    const SchemaJson* of_b = FindKeyword(*others, text);
    if (of_a == nullptr || of_b == nullptr) return false;
    const auto values = ValuesOf(*of_a);
    const auto other_values = ValuesOf(*of_b);
    return values && other_values && HasNoCommonValue(*values, *other_values);
  });
}

// Whether no type of `derived` is among those of `allowed`.
bool HaveNoCommonType(const SchemaTypes& derived, const SchemaTypes& allowed) {
  return absl::c_none_of(derived, [&](const std::string& type) {
    return absl::c_any_of(allowed, [&](const std::string& other) {
      return type == other || (type == "integer" && other == "number") ||
             (type == "number" && other == "integer");
    });
  });
}

SchemaTypes TypesOf(const std::vector<SchemaJson>& values) {
  SchemaTypes types;
  for (const std::string& type : AllowedTypes(SchemaJson::object())) {
    if (absl::c_any_of(values, [&](const SchemaJson& value) {
          return IsOfType(value, type);
        })) {
      types.push_back(type);
    }
  }
  return types;
}

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
    ABSL_ASSIGN_OR_RETURN(merged, Both(part, merged, place.path));
  }
  for (size_t i = 0; all != nullptr && i < all->size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(
        const SchemaJson part,
        MergedWithin({(*all)[i], absl::StrCat(place.path, "/allOf/", i)},
                     depth + 1));
    ABSL_ASSIGN_OR_RETURN(merged, Both(merged, part, place.path));
  }
  return merged;
}

absl::StatusOr<SchemaJson> SchemaDocument::Both(const SchemaJson& a,
                                                const SchemaJson& b,
                                                std::string_view path) const {
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

bool AreDisjoint(const SchemaJson& a, const SchemaJson& b) {
  const auto values = ValuesOf(a);
  const auto other_values = ValuesOf(b);
  if (values && other_values) return HasNoCommonValue(*values, *other_values);
  const auto derived = [](const SchemaJson& schema, const auto& listed) {
    return listed ? TypesOf(*listed) : DerivedTypes(schema);
  };
  const auto allowed = [](const SchemaJson& schema, const auto& listed) {
    return listed ? TypesOf(*listed) : AllowedTypes(schema);
  };
  if (HaveNoCommonType(derived(a, values), allowed(b, other_values)) &&
      HaveNoCommonType(derived(b, other_values), allowed(a, values))) {
    return true;
  }
  return DerivedTypes(a) == SchemaTypes{"object"} &&
         DerivedTypes(b) == SchemaTypes{"object"} && IsToldByAProperty(a, b) &&
         IsToldByAProperty(b, a);
}

}  // namespace hwledger
