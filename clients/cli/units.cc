#include "clients/cli/units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace hwledger {
namespace {

// Three digits, but never fewer than stand before the point.
std::string ThreeDigits(double value) {
  if (value < 9.995) return absl::StrFormat("%.2f", value);
  if (value < 99.95) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.0f", value);
}

// `value` in the largest of `units` that keeps it at or above 1, where each is
// `step` times the one before and the first is written without a fraction.
template <size_t kUnitCount>
std::string Scaled(int64_t value, double step,
                   const std::array<std::string_view, kUnitCount>& units) {
  double scaled = static_cast<double>(value);
  size_t unit = 0;
  while (unit + 1 < kUnitCount && std::round(scaled) >= step) {
    scaled /= step;
    ++unit;
  }
  return absl::StrCat(unit == 0 ? absl::StrCat(value) : ThreeDigits(scaled),
                      units[unit]);
}

// "1.5 GiB" is 1.5 of "gib".
struct Quantity {
  double number = 0;
  std::string unit;
};

std::optional<Quantity> ParseQuantity(std::string_view text) {
  const size_t length =
      std::min(text.find_first_not_of("0123456789."), text.size());
  Quantity quantity = {.unit = absl::AsciiStrToLower(
                           absl::StripAsciiWhitespace(text.substr(length)))};
  if (!absl::SimpleAtod(text.substr(0, length), &quantity.number)) {
    return std::nullopt;
  }
  return quantity;
}

// `base` to the power that `prefix` stands for; 0 where it is no prefix.
double PowerOf(double base, char prefix) {
  const size_t power = std::string_view("kmgtp").find(prefix);
  if (power == std::string_view::npos) return 0;
  return std::pow(base, static_cast<double>(power + 1));
}

// 0 where `unit` is no unit of memory.
double BytesPerUnit(std::string_view unit) {
  if (unit.empty() || unit == "b") return 1;
  const std::string_view rest = unit.substr(1);
  const bool decimal = rest == "b";
  if (!decimal && !rest.empty() && rest != "i" && rest != "ib") return 0;
  return PowerOf(decimal ? 1000 : 1024, unit.front());
}

// 0 where `unit` is no unit of a compute rate.
double FlopsPerUnit(std::string_view unit) {
  absl::ConsumeSuffix(&unit, "flops");
  if (unit.empty()) return 1;
  return unit.size() == 1 ? PowerOf(1000, unit.front()) : 0;
}

}  // namespace

std::string FormatBytes(int64_t bytes) {
  static constexpr std::array<std::string_view, 6> units = {
      " B", " KiB", " MiB", " GiB", " TiB", " PiB"};
  return Scaled(bytes, 1024, units);
}

std::string FormatBandwidth(int64_t bytes_per_second) {
  static constexpr std::array<std::string_view, 5> units = {
      " B/s", " KB/s", " MB/s", " GB/s", " TB/s"};
  return Scaled(bytes_per_second, 1000, units);
}

std::string FormatFlops(double per_second) {
  static constexpr std::array<std::string_view, 6> units = {
      " FLOPS", " KFLOPS", " MFLOPS", " GFLOPS", " TFLOPS", " PFLOPS"};
  const auto rate = static_cast<int64_t>(per_second);
  return Scaled(rate, 1000, units);
}

std::string FormatCount(int64_t count) {
  static constexpr std::array<std::string_view, 5> units = {"", "K", "M", "B",
                                                            "T"};
  return Scaled(count, 1000, units);
}

std::string FormatRate(double per_second) { return ThreeDigits(per_second); }

std::string FormatContext(int64_t sequence_count, int64_t tokens) {
  if (sequence_count <= 1) return absl::StrCat(tokens);
  return absl::StrCat(sequence_count, " × ", tokens);
}

std::string FormatRateRange(double low, double high) {
  const std::string from = FormatRate(low);
  const std::string to = FormatRate(high);
  return from == to ? from : absl::StrCat(from, "–", to);
}

std::string FormatElapsed(absl::Duration duration) {
  if (duration < absl::Seconds(1)) {
    return absl::StrFormat("%d ms", absl::ToInt64Milliseconds(duration));
  }
  if (duration < absl::Minutes(1)) {
    return ThreeDigits(absl::ToDoubleSeconds(duration)) + " s";
  }
  if (duration < absl::Hours(1)) {
    return absl::StrFormat("%d min", absl::ToInt64Minutes(duration));
  }
  if (duration < absl::Hours(48)) {
    return absl::StrFormat("%d h", absl::ToInt64Hours(duration));
  }
  return absl::StrFormat("%d d", absl::ToInt64Hours(duration) / 24);
}

absl::StatusOr<absl::Duration> ParseElapsed(std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration) ||
      duration < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a time such as 90s, 10m or 1h30m: '", text, "'"));
  }
  return duration;
}

absl::StatusOr<int64_t> ParseBytes(std::string_view text) {
  const std::optional<Quantity> quantity = ParseQuantity(text);
  const double unit = quantity ? BytesPerUnit(quantity->unit) : 0;
  if (unit == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not an amount of memory such as 24GiB, 24GB or 25769803776: '", text,
        "'"));
  }
  const double bytes = quantity->number * unit;
  if (bytes >= static_cast<double>(std::numeric_limits<int64_t>::max())) {
    return absl::InvalidArgumentError(
        absl::StrCat("more memory than can be counted: '", text, "'"));
  }
  return static_cast<int64_t>(bytes);
}

absl::StatusOr<int64_t> ParseBandwidth(std::string_view text) {
  const absl::StatusOr<int64_t> bytes =
      ParseBytes(absl::StripSuffix(text, "/s"));
  if (bytes.ok()) return bytes;
  return absl::InvalidArgumentError(absl::StrCat(
      "not a memory bandwidth such as 400GB or 400GB/s: '", text, "'"));
}

absl::StatusOr<double> ParseFlops(std::string_view text) {
  const std::optional<Quantity> quantity = ParseQuantity(text);
  const double unit = quantity ? FlopsPerUnit(quantity->unit) : 0;
  if (unit == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not a compute rate such as 71TFLOPS, 71T or 71000000000000: '", text,
        "'"));
  }
  return quantity->number * unit;
}

}  // namespace hwledger
