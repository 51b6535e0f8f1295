#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/gbnf.h"
#include "core/constraint/integer_range.h"
#include "core/constraint/number_range.h"
#include "core/constraint/schema_conversion.h"
#include "core/constraint/text_format.h"
#include "core/constraint/text_pattern.h"

namespace hwledger {
namespace {

// Each is written out.
constexpr int64_t kLengthMax = 10'000;

constexpr double kBeyond = kNumberIntegerMax + 1.0;

absl::StatusOr<std::string> PatternBody(SchemaConversion& conversion,
                                        const SchemaPlace& place,
                                        std::string_view pattern) {
  const auto body = GbnfTextPattern(pattern, conversion.rules().Character());
  if (body.ok()) return *body;
  return SchemaError(absl::StrCat("has a \"pattern\" that cannot be held, ",
                                  body.status().message(), ","),
                     place.path);
}

absl::StatusOr<std::string> FormatBody(const SchemaPlace& place,
                                       std::string_view format) {
  const std::string_view body = GbnfTextFormat(format);
  if (!body.empty()) return std::string(body);
  return SchemaError(
      absl::StrFormat("has an unsupported \"format\", none of %s: \"%s\",",
                      TextFormats(), format.substr(0, 64)),
      place.path);
}

absl::StatusOr<std::string> LengthBody(SchemaConversion& conversion,
                                       const SchemaPlace& place) {
  const SchemaJson* min = FindKeyword(place.schema, "minLength");
  const SchemaJson* max = FindKeyword(place.schema, "maxLength");
  const int64_t length_min = min == nullptr ? 0 : min->get<int64_t>();
  std::optional<int64_t> length_max;
  if (max != nullptr) length_max = max->get<int64_t>();
  if (length_min > kLengthMax) {
    return SchemaError(
        absl::StrFormat("has a \"minLength\" above %d", kLengthMax),
        place.path);
  }
  if (length_max && *length_max < length_min) {
    return SchemaError("has a \"maxLength\" below its \"minLength\"",
                       place.path);
  }
  if (length_max) length_max = std::min(*length_max, kLengthMax);
  return GbnfRepeated(conversion.rules().Character(), length_min, length_max);
}

// As it was written, or nearly so: the shortest text that reads as the same.
std::optional<NumberBound> Bound(const SchemaJson& schema,
                                 std::string_view inclusive,
                                 std::string_view exclusive, bool is_lower) {
  const SchemaJson* closed = FindKeyword(schema, inclusive);
  const SchemaJson* open = FindKeyword(schema, exclusive);
  if (closed == nullptr && open == nullptr) return std::nullopt;
  const bool is_open =
      closed == nullptr ||
      (open != nullptr && (is_lower ? !(*open < *closed) : !(*open > *closed)));
  return NumberBound{.decimal = (is_open ? *open : *closed).dump(),
                     .exclusive = is_open};
}

// The nearest whole number within a bound; no further off than any number that
// is written.
int64_t WholeBound(const SchemaJson& schema, std::string_view inclusive,
                   std::string_view exclusive, int64_t furthest) {
  const bool is_lower = furthest < 0;
  // Bounds above are bounds below of the opposite.
  const double sign = is_lower ? 1 : -1;
  double bound = -kNumberIntegerMax;
  if (const SchemaJson* closed = FindKeyword(schema, inclusive)) {
    bound = std::max(bound, std::ceil(sign * closed->get<double>()));
  }
  if (const SchemaJson* open = FindKeyword(schema, exclusive)) {
    bound = std::max(bound, std::floor(sign * open->get<double>()) + 1);
  }
  return static_cast<int64_t>(sign * std::min(bound, kBeyond));
}

}  // namespace

absl::StatusOr<std::string> StringBody(SchemaConversion& conversion,
                                       const SchemaPlace& place) {
  const SchemaJson* pattern = FindKeyword(place.schema, "pattern");
  const SchemaJson* format = FindKeyword(place.schema, "format");
  const bool has_length = FindKeyword(place.schema, "minLength") != nullptr ||
                          FindKeyword(place.schema, "maxLength") != nullptr;
  const int kinds = (pattern != nullptr ? 1 : 0) + (format != nullptr ? 1 : 0) +
                    (has_length ? 1 : 0);
  if (kinds > 1) {
    return SchemaError(
        "has more than one of \"pattern\", \"format\" and a "
        "length for the same string",
        place.path);
  }
  if (kinds == 0) return conversion.rules().String();
  std::string body;
  if (pattern != nullptr) {
    ABSL_ASSIGN_OR_RETURN(
        body,
        PatternBody(conversion, place, pattern->get_ref<const std::string&>()));
  } else if (format != nullptr) {
    ABSL_ASSIGN_OR_RETURN(
        body, FormatBody(place, format->get_ref<const std::string&>()));
  } else {
    ABSL_ASSIGN_OR_RETURN(body, LengthBody(conversion, place));
  }
  return GbnfSequence({"\"\\\"\"", body, "\"\\\"\""});
}

absl::StatusOr<std::string> NumberBody(const SchemaPlace& place) {
  const auto min = Bound(place.schema, "minimum", "exclusiveMinimum",
                         /*is_lower=*/true);
  const auto max = Bound(place.schema, "maximum", "exclusiveMaximum",
                         /*is_lower=*/false);
  if (!min && !max) return GbnfNumber();
  if (auto range = GbnfNumberRange(min, max)) return *std::move(range);
  return SchemaError(
      absl::StrFormat("has bounds between which no number lies, or which "
                      "cannot be held, %s and %s,",
                      min ? min->decimal : "none", max ? max->decimal : "none"),
      place.path);
}

absl::StatusOr<std::string> IntegerBody(const SchemaPlace& place) {
  const int64_t min = WholeBound(place.schema, "minimum", "exclusiveMinimum",
                                 -kNumberIntegerMax);
  const int64_t max = WholeBound(place.schema, "maximum", "exclusiveMaximum",
                                 kNumberIntegerMax);
  if (min <= max && min <= kNumberIntegerMax && max >= -kNumberIntegerMax) {
    return GbnfIntegerRange(min, max);
  }
  return SchemaError(
      absl::StrFormat("has bounds between which no whole number of up to %d "
                      "digits lies",
                      kNumberDigitsMax),
      place.path);
}

}  // namespace hwledger
