#include "server/json_fields.h"

#include <limits>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/http_message.h"

namespace hwledger {
namespace {

constexpr size_t kQuotedBytesMax = 100;

}  // namespace

absl::Status MustBe(std::string_view place, std::string_view wanted,
                    const nlohmann::json& value) {
  // Of structures only the kind: they may be large and nested.
  std::string quoted =
      value.is_structured() ? value.type_name() : ToText(value);
  if (quoted.size() > kQuotedBytesMax) {
    quoted.resize(kQuotedBytesMax);
    quoted += "...";
  }
  return FieldError(place, absl::StrCat("must be ", wanted, "; got ", quoted));
}

const nlohmann::json* JsonFields::Find(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string JsonFields::PlaceOf(std::string_view name) const {
  return place_.empty() ? std::string(name) : absl::StrCat(place_, ".", name);
}

absl::StatusOr<std::optional<std::string>> JsonFields::Text(
    std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return MustBe(PlaceOf(name), "a string", *value);
  return value->get<std::string>();
}

absl::StatusOr<std::optional<double>> JsonFields::Number(
    std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return MustBe(PlaceOf(name), "a number", *value);
  return value->get<double>();
}

absl::StatusOr<std::optional<int64_t>> JsonFields::Integer(
    std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  const bool fits =
      value->is_number_integer() &&
      (!value->is_number_unsigned() ||
       value->get<uint64_t>() <=
           static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  if (!fits) return MustBe(PlaceOf(name), "a whole number", *value);
  return value->get<int64_t>();
}

absl::StatusOr<std::optional<int32_t>> JsonFields::SmallInteger(
    std::string_view name) const {
  ABSL_ASSIGN_OR_RETURN(const std::optional<int64_t> value, Integer(name));
  if (!value) return std::nullopt;
  if (*value < std::numeric_limits<int32_t>::min() ||
      *value > std::numeric_limits<int32_t>::max()) {
    return MustBe(PlaceOf(name), "within 32 bits", *Find(name));
  }
  return static_cast<int32_t>(*value);
}

absl::StatusOr<bool> JsonFields::Flag(std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    return MustBe(PlaceOf(name), "true or false", *value);
  }
  return value->get<bool>();
}

}  // namespace hwledger
