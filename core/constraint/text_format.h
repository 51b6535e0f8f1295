#pragma once

#include <string_view>

namespace hwledger {

// Texts of a format of JSON Schema ("date-time") in GBNF. Not all of them are
// derived, but what is, nobody refuses. Empty where the format is unknown.
std::string_view GbnfTextFormat(std::string_view format);

// The formats that are known, for a message.
std::string_view TextFormats();

}  // namespace hwledger
