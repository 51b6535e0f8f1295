#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace hwledger {

// "a/b" of "a%2Fb". InvalidArgument: a "%" without two hexadecimal digits.
absl::StatusOr<std::string> PercentDecoded(std::string_view text);

// "a=1&b=%7B%7D" by name, decoded, with "+" for a space; of one that
// comes twice the last. Errors as PercentDecoded's.
absl::StatusOr<std::map<std::string, std::string, std::less<>>>
ParseQueryParameters(std::string_view query);

}  // namespace hwledger
