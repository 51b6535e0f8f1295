#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hwledger {

// More digits before the point, or after it, than a double holds say nothing.
inline constexpr int64_t kNumberDigitsMax = 15;
inline constexpr int64_t kNumberIntegerMax = 999'999'999'999'999;

// One end of a range, as it was written.
struct NumberBound {
  std::string decimal;  // JSON, such as "-0.25".
  bool exclusive = false;
};

// The decimal texts of numbers within bounds in GBNF, such that reading them as
// doubles does not bring them out. Nothing where a bound has more digits than
// that allows, or an exponent, or nothing lies between them.
std::optional<std::string> GbnfNumberRange(
    const std::optional<NumberBound>& min,
    const std::optional<NumberBound>& max);

// Any number in GBNF; as a double it is finite.
std::string GbnfNumber();

}  // namespace hwledger
