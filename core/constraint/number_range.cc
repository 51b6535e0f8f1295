#include "core/constraint/number_range.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "core/constraint/gbnf.h"
#include "core/constraint/integer_range.h"

namespace hwledger {
namespace {

// More than a few digits after the point help nobody.
constexpr int64_t kFractionDigits = 6;

// A bound that is not below 0. The fraction has no trailing zeros.
struct Decimal {
  int64_t whole = 0;
  std::string fraction;
  bool exclusive = false;
};

struct SignedDecimal {
  bool negative = false;
  Decimal value;

  bool is_zero() const { return value.whole == 0 && value.fraction.empty(); }
};

std::optional<SignedDecimal> ParseDecimal(const NumberBound& bound) {
  std::string_view text = bound.decimal;
  SignedDecimal decimal = {.negative = absl::ConsumePrefix(&text, "-"),
                           .value = {.exclusive = bound.exclusive}};
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  while (absl::ConsumeSuffix(&fraction, "0")) {
  }
  if (whole.empty() || std::ssize(whole) > kNumberDigitsMax ||
      !std::ranges::all_of(whole, absl::ascii_isdigit) ||
      !std::ranges::all_of(fraction, absl::ascii_isdigit) ||
      !absl::SimpleAtoi(whole, &decimal.value.whole)) {
    return std::nullopt;
  }
  decimal.value.fraction = fraction;
  return decimal;
}

// What may follow the digits before the point. All have at most `digits_max`
// digits.
class Fractions {
 public:
  explicit Fractions(int64_t digits_max) : digits_max_(digits_max) {}

  std::string Any() const {
    return GbnfRepeated(GbnfSequence({"\".\"", GbnfDigits(1, digits_max_)}), 0,
                        1);
  }

  std::string AtLeast(const Decimal& min) const {
    const std::string& digits = min.fraction;
    if (digits.empty() && !min.exclusive) return Any();
    std::vector<std::string> choices;
    for (size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] == '9') continue;
      choices.push_back(
          Begin(digits.substr(0, i),
                {GbnfDigitRange(static_cast<char>(digits[i] + 1), '9'),
                 Rest(i + 1)}));
    }
    if (min.exclusive) {
      const int64_t zeros = digits_max_ - std::ssize(digits) - 1;
      choices.push_back(
          Begin(digits, {GbnfRepeated("\"0\"", 0, zeros), "[1-9]"}));
    } else {
      choices.push_back(Begin(digits, {Rest(digits.size())}));
    }
    return GbnfChoice(choices);
  }

  // Nothing where there is none.
  std::optional<std::string> AtMost(const Decimal& max) const {
    const std::string& digits = max.fraction;
    if (digits.empty() && max.exclusive) return std::nullopt;
    std::vector<std::string> choices = {"\"\""};
    for (size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] > '0') {
        choices.push_back(
            Begin(digits.substr(0, i),
                  {GbnfDigitRange('0', static_cast<char>(digits[i] - 1)),
                   Rest(i + 1)}));
      }
      if (i > 0) choices.push_back(Begin(digits.substr(0, i), {}));
    }
    if (!max.exclusive && !digits.empty()) choices.push_back(Begin(digits, {}));
    return GbnfChoice(choices);
  }

  // Where what stands before the point is the same.
  std::optional<std::string> Between(const Decimal& min,
                                     const Decimal& max) const {
    const size_t count = std::max(min.fraction.size(), max.fraction.size());
    const auto padded = [&](const Decimal& bound) {
      return bound.fraction + std::string(count - bound.fraction.size(), '0');
    };
    std::vector<std::string> choices;
    const bool reaches_max = max.fraction.empty() && max.exclusive;
    if (min.fraction.empty() && !min.exclusive && !reaches_max) {
      choices.emplace_back("\"\"");
    }
    if (count > 0) AddBetween(padded(min), padded(max), min, max, choices);
    if (choices.empty()) return std::nullopt;
    return GbnfChoice(choices);
  }

 private:
  std::string Begin(std::string_view digits,
                    std::vector<std::string> items) const {
    items.insert(items.begin(), GbnfLiteral(absl::StrCat(".", digits)));
    return GbnfSequence(items);
  }
  std::string Rest(size_t digits) const {
    return GbnfDigits(0, digits_max_ - static_cast<int64_t>(digits));
  }

  void AddBetween(const std::string& first, const std::string& last,
                  const Decimal& min, const Decimal& max,
                  std::vector<std::string>& choices) const {
    if (first > last || (first == last && (min.exclusive || max.exclusive))) {
      return;
    }
    if (!max.exclusive) choices.push_back(Begin(last, {}));
    if (first == last) return;
    if (!min.exclusive) choices.push_back(Begin(first, {Rest(first.size())}));
    const auto count = static_cast<int>(first.size());
    int64_t from = 0;
    int64_t to = 0;
    if (!absl::SimpleAtoi(first, &from) || !absl::SimpleAtoi(last, &to)) return;
    if (++from > --to) return;
    choices.push_back(
        Begin("", {GbnfDigitStrings(absl::StrFormat("%0*d", count, from),
                                    absl::StrFormat("%0*d", count, to)),
                   Rest(first.size())}));
  }

  const int64_t digits_max_;
};

// From `min` to `max`, neither of them below 0.
std::optional<std::string> PositiveRange(const Decimal& min,
                                         const std::optional<Decimal>& max,
                                         const Fractions& fractions) {
  const auto number = [](int64_t whole, std::string fraction) {
    return GbnfSequence(
        {GbnfLiteral(absl::StrCat(whole)), std::move(fraction)});
  };
  if (max && max->whole < min.whole) return std::nullopt;
  if (max && max->whole == min.whole) {
    auto between = fractions.Between(min, *max);
    if (!between) return std::nullopt;
    return number(min.whole, *std::move(between));
  }
  std::vector<std::string> choices = {
      number(min.whole, fractions.AtLeast(min))};
  const int64_t last = max ? max->whole - 1 : kNumberIntegerMax;
  if (min.whole + 1 <= last) {
    choices.push_back(
        GbnfSequence({GbnfNaturalRange(min.whole + 1, last), fractions.Any()}));
  }
  if (max) {
    if (auto at_most = fractions.AtMost(*max)) {
      choices.push_back(number(max->whole, *std::move(at_most)));
    }
  }
  return GbnfChoice(choices);
}

// Digits after the point such that a number and a bound that differ in them
// differ as doubles too. Nothing where a bound needs more.
std::optional<int64_t> FractionDigits(const std::optional<SignedDecimal>& min,
                                      const std::optional<SignedDecimal>& max) {
  int64_t whole_digits = 1;
  int64_t needed = 1;
  for (const auto& bound : {min, max}) {
    if (!bound) continue;
    whole_digits = std::max<int64_t>(
        whole_digits, std::ssize(absl::StrCat(bound->value.whole)));
    needed = std::max<int64_t>(needed, std::ssize(bound->value.fraction) + 1);
  }
  const int64_t digits = std::min(kNumberDigitsMax - whole_digits,
                                  std::max(kFractionDigits, needed));
  if (digits < needed) return std::nullopt;
  return digits;
}

}  // namespace

std::optional<std::string> GbnfNumberRange(
    const std::optional<NumberBound>& min,
    const std::optional<NumberBound>& max) {
  const auto low = min ? ParseDecimal(*min) : std::nullopt;
  const auto high = max ? ParseDecimal(*max) : std::nullopt;
  const auto digits = FractionDigits(low, high);
  if ((min && !low) || (max && !high) || !digits) return std::nullopt;
  const Fractions fractions(*digits);
  std::vector<std::string> choices;
  const bool has_negative = !low || (low->negative && !low->is_zero());
  const bool has_positive = !high || !high->negative || high->is_zero();
  if (has_positive) {
    // 0 itself lies on this side.
    const Decimal from = has_negative ? Decimal() : low->value;
    if (auto positive = PositiveRange(
            from, high ? std::optional(high->value) : std::nullopt,
            fractions)) {
      choices.push_back(*std::move(positive));
    }
  }
  if (has_negative) {
    const Decimal from =
        has_positive ? Decimal{.exclusive = true} : high->value;
    if (auto negative = PositiveRange(
            from, low ? std::optional(low->value) : std::nullopt, fractions)) {
      choices.push_back(GbnfSequence({"\"-\"", *std::move(negative)}));
    }
  }
  if (choices.empty()) return std::nullopt;
  return GbnfChoice(choices);
}

std::string GbnfNumber() {
  return absl::StrFormat(
      "(\"-\"? (\"0\" | [1-9] [0-9]{0,%d}) (\".\" [0-9]{1,%d})? "
      "([eE] [-+]? [0-9] [0-9]?)?)",
      kNumberDigitsMax - 1, kNumberDigitsMax);
}

}  // namespace hwledger
