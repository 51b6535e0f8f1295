#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hwledger {

// The decimal texts of whole numbers in GBNF.

// Those from `min` to `max`, without leading zeros. `min` is at most `max`.
std::string GbnfIntegerRange(int64_t min, int64_t max);
// The same where `min` is not below 0.
std::string GbnfNaturalRange(int64_t min, int64_t max);

// Any digits, so many.
std::string GbnfDigits(int64_t count_min, int64_t count_max);
// One digit.
std::string GbnfDigitRange(char first, char last);
// The digit strings from `min` to `max`, which are equally long.
std::string GbnfDigitStrings(std::string_view min, std::string_view max);

}  // namespace hwledger
