#include "core/constraint/disjoint_schemas.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

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

}  // namespace

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
