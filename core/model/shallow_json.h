#pragma once

#include <string_view>

#include "nlohmann/json.hpp"

namespace hwledger {

// Parses text that comes from outside. Discarded where it is not JSON, or
// nested deeper than any config is: to copy a value takes stack for each level.
nlohmann::json ParseShallowJson(std::string_view text);

}  // namespace hwledger
