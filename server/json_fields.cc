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

constexpr std::string_view kTexts = "a string or an array of strings";

bool AsksForNothing(const nlohmann::json& value) {
  return value == false || value == "" ||
         (value.is_structured() && value.empty());
}

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

absl::StatusOr<bool> JsonFields::Flag(std::string_view name,
                                      bool absent) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return absent;
  if (!value->is_boolean()) {
    return MustBe(PlaceOf(name), "true or false", *value);
  }
  return value->get<bool>();
}

absl::StatusOr<std::vector<std::string>> JsonFields::Texts(
    std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return std::vector<std::string>();
  if (value->is_string()) return std::vector{value->get<std::string>()};
  if (!value->is_array()) return MustBe(PlaceOf(name), kTexts, *value);
  std::vector<std::string> texts;
  for (const nlohmann::json& text : *value) {
    if (!text.is_string()) return MustBe(PlaceOf(name), kTexts, text);
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

absl::StatusOr<std::optional<JsonFields>> JsonFields::Object(
    std::string_view name) const {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) return MustBe(PlaceOf(name), "an object", *value);
  return JsonFields(*value, PlaceOf(name));
}

absl::Status JsonFields::ForEach(
    std::string_view name,
    absl::FunctionRef<absl::Status(const JsonFields&)> read) const {
  const nlohmann::json* array = Find(name);
  if (array == nullptr) return absl::OkStatus();
  if (!array->is_array()) return MustBe(PlaceOf(name), "an array", *array);
  for (size_t i = 0; i < array->size(); ++i) {
    const std::string place = absl::StrCat(PlaceOf(name), "[", i, "]");
    const nlohmann::json& element = (*array)[i];
    if (!element.is_object()) return MustBe(place, "an object", element);
    ABSL_RETURN_IF_ERROR(read(JsonFields(element, place)));
  }
  return absl::OkStatus();
}

absl::Status JsonFields::Refuse(
    std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const nlohmann::json* value = Find(name);
    if (value != nullptr && !AsksForNothing(*value)) {
      return FieldError(PlaceOf(name), "is not supported");
    }
  }
  return absl::OkStatus();
}

}  // namespace hwledger
