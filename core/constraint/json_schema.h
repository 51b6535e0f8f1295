#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace hwledger {

// A JSON Schema as rules of a grammar in GBNF. What they derive is JSON that
// the schema accepts, whoever checks it; not all that it accepts is derived:
// - An object has its properties in the order of `properties`, and others only
//   where additionalProperties or `required` asks for them, or where the schema
//   says nothing but that it is an object. So it is with an array's items
//   beyond `prefixItems`.
// - Numbers have at most 15 digits before the point and as many after it.
// - Where `type` is missing and a keyword speaks of one type, it is that type.
//
// FieldError about `field`, which names the keyword and its place: it is
// unsupported, or what it says cannot be held exactly. Also where the text is
// no schema, too large, or nothing satisfies it.

// The root of the grammar is `root`.
absl::StatusOr<std::string> GrammarOfSchema(std::string_view field,
                                            std::string_view json_schema);

// The same to be put together with other rules: the rule to refer to is called
// `name`, and the names of the others begin with it and "-". `name` consists of
// letters, digits and "-".
absl::StatusOr<std::string> RulesOfSchema(std::string_view field,
                                          std::string_view json_schema,
                                          std::string_view name);

}  // namespace hwledger
