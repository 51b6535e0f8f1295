#include "core/constraint/integer_range.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/gbnf.h"

namespace hwledger {
namespace {

constexpr std::string_view kDigit = "[0-9]";

int64_t PowerOfTen(int64_t exponent) {
  int64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

}  // namespace

std::string GbnfDigits(int64_t count_min, int64_t count_max) {
  return GbnfRepeated(kDigit, count_min, count_max);
}

std::string GbnfDigitRange(char first, char last) {
  if (first == last) return GbnfLiteral(std::string(1, first));
  return absl::StrFormat("[%c-%c]", first, last);
}

std::string GbnfDigitStrings(std::string_view min, std::string_view max) {
  const auto count = std::ssize(min);
  const auto all = [](std::string_view digits, char digit) {
    return std::ranges::all_of(digits, [&](char c) { return c == digit; });
  };
  if (all(min, '0') && all(max, '9')) return GbnfDigits(count, count);
  const char first = min[0];
  const char last = max[0];
  const std::string_view min_rest = min.substr(1);
  const std::string_view max_rest = max.substr(1);
  const auto join = [](char digit, std::string rest) {
    return GbnfSequence({GbnfLiteral(std::string(1, digit)), std::move(rest)});
  };
  if (first == last) return join(first, GbnfDigitStrings(min_rest, max_rest));
  const std::string nines(min_rest.size(), '9');
  const std::string zeros(min_rest.size(), '0');
  std::vector<std::string> choices = {
      join(first, GbnfDigitStrings(min_rest, nines))};
  if (first + 1 < last) {
    choices.push_back(GbnfSequence({GbnfDigitRange(static_cast<char>(first + 1),
                                                   static_cast<char>(last - 1)),
                                    GbnfDigits(count - 1, count - 1)}));
  }
  choices.push_back(join(last, GbnfDigitStrings(zeros, max_rest)));
  return GbnfChoice(choices);
}

std::string GbnfNaturalRange(int64_t min, int64_t max) {
  std::vector<std::string> choices;
  int64_t from = min;
  while (from <= max) {
    // Up to the last number with as many digits.
    const auto digits = std::ssize(absl::StrCat(from));
    const int64_t to = std::min(max, PowerOfTen(digits) - 1);
    choices.push_back(GbnfDigitStrings(absl::StrCat(from), absl::StrCat(to)));
    from = to + 1;
  }
  return GbnfChoice(choices);
}

std::string GbnfIntegerRange(int64_t min, int64_t max) {
  assert(min <= max);
  std::vector<std::string> choices;
  if (min < 0) {
    choices.push_back(GbnfSequence(
        {"\"-\"", GbnfNaturalRange(std::max<int64_t>(-max, 1), -min)}));
  }
  if (max >= 0) {
    choices.push_back(GbnfNaturalRange(std::max<int64_t>(min, 0), max));
  }
  return GbnfChoice(choices);
}

}  // namespace hwledger
