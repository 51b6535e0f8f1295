#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace hwledger {

// What a JSON string holds between its quotes where its text matches a regular
// expression of ECMA 262, in GBNF. `any_character` is the rule for one
// character of a JSON string: as in JSON Schema, it may stand any number of
// times where the pattern does not begin with "^" or end with "$".
//
// Supported: characters and their escapes, ".", sets, \d \w \s and their
// opposites, groups, "|", and "*", "+", "?", "{m,n}", lazy or not. "^" begins
// and "$" ends the pattern, or one of its alternatives.
//
// InvalidArgument: something else, named with its position; not a pattern.
absl::StatusOr<std::string> GbnfTextPattern(std::string_view pattern,
                                            std::string_view any_character);

}  // namespace hwledger
