#include "core/field_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

constexpr std::string_view kFieldPayload = "hwledger/field";

}  // namespace

absl::Status FieldError(std::string_view field, std::string_view message) {
  absl::Status status =
      absl::InvalidArgumentError(absl::StrCat(field, " ", message));
  status.SetPayload(kFieldPayload, absl::Cord(field));
  return status;
}

absl::Status WithinField(std::string_view parent, const absl::Status& status) {
  const std::optional<std::string> field = FieldOf(status);
  if (!field) return status;
  // What follows the field and a space.
  return FieldError(absl::StrCat(parent, ".", *field),
                    status.message().substr(field->size() + 1));
}

std::optional<std::string> FieldOf(const absl::Status& status) {
  const std::optional<absl::Cord> field = status.GetPayload(kFieldPayload);
  if (!field) return std::nullopt;
  return std::string(*field);
}

}  // namespace hwledger
